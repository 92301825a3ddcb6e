/// A first-in-first-out queue that any thread can push to and pop from: crossbeam's, whose pushes
/// and pops are linearizable, and from which one task is taken at a time, so that the order in which
/// tasks leave is the order in which they came.
///
/// Under a model checker, which cannot look into crossbeam, a plain queue under a lock.
pub(crate) struct Injector<T> {
    tasks: Tasks<T>,
}

#[cfg(not(shuttle))]
type Tasks<T> = crossbeam_deque::Injector<T>;
#[cfg(shuttle)]
type Tasks<T> = crate::primitives::Mutex<std::collections::VecDeque<T>>;

impl<T> Injector<T> {
    pub(crate) fn new() -> Self {
        #[cfg(not(shuttle))]
        return Self { tasks: Tasks::new() };
        #[cfg(shuttle)]
        return Self { tasks: Tasks::new(std::collections::VecDeque::new()) };
    }
}

#[cfg(not(shuttle))]
impl<T> Injector<T> {
    pub(crate) fn push(&self, task: T) {
        self.tasks.push(task);
    }

    pub(crate) fn pop(&self) -> Option<T> {
        use crossbeam_deque::Steal;
        loop {
            match self.tasks.steal() {
                Steal::Success(task) => return Some(task),
                Steal::Empty => return None,
                Steal::Retry => std::hint::spin_loop(),
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }
}

#[cfg(shuttle)]
impl<T> Injector<T> {
    pub(crate) fn push(&self, task: T) {
        self.tasks.lock().push_back(task);
    }

    pub(crate) fn pop(&self) -> Option<T> {
        self.tasks.lock().pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.lock().is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.tasks.lock().len()
    }
}

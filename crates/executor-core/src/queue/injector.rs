/// A first-in-first-out queue that any thread can push to and pop from: crossbeam's, whose pushes
/// and pops are linearizable, and from which one entry is taken at a time, so that entries leave in
/// the order in which they came.
///
/// Under a model checker, which cannot look into crossbeam, a plain queue under a lock.
#[derive(Debug)]
pub(super) struct Injector<T> {
    entries: Entries<T>,
}

#[cfg(not(any(loom, shuttle)))]
type Entries<T> = crossbeam_deque::Injector<T>;
#[cfg(any(loom, shuttle))]
type Entries<T> = crate::primitives::Mutex<std::collections::VecDeque<T>>;

#[cfg(not(any(loom, shuttle)))]
impl<T> Injector<T> {
    pub(super) fn new() -> Self {
        Self { entries: Entries::new() }
    }

    #[inline]
    pub(super) fn push(&self, entry: T) {
        self.entries.push(entry);
    }

    #[inline]
    pub(super) fn pop(&self) -> Option<T> {
        use crossbeam_deque::Steal;
        loop {
            match self.entries.steal() {
                Steal::Success(entry) => return Some(entry),
                Steal::Empty => return None,
                Steal::Retry => std::hint::spin_loop(),
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(any(loom, shuttle))]
impl<T> Injector<T> {
    pub(super) fn new() -> Self {
        Self { entries: Entries::new(std::collections::VecDeque::new()) }
    }

    pub(super) fn push(&self, entry: T) {
        self.entries.lock().push_back(entry);
    }

    pub(super) fn pop(&self) -> Option<T> {
        self.entries.lock().pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.lock().is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.lock().len()
    }
}

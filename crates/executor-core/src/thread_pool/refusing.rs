use std::rc::Rc;

use crate::future::{Header, Host, Need, Stuck, Wanted, set_host};

/// Refuses one queued task; false: it is not for this pool, or not queued.
type Refuse = Box<dyn Fn(&Header) -> bool>;

/// Makes this thread, which refuses all that a pool has queued, refuse first what it waits for.
///
/// Each refusal runs callbacks, and a callback may wait for another task of the same pool, which
/// nobody but this thread will ever end.
pub(super) struct Refusing {
    before: Option<Rc<dyn Host>>,
}

impl Refusing {
    pub(super) fn begin(refuse: impl Fn(&Header) -> bool + 'static) -> Self {
        let refuser = Refuser { refuse: Box::new(refuse) };
        Self { before: set_host(Some(Rc::new(refuser))) }
    }
}

impl Drop for Refusing {
    fn drop(&mut self) {
        set_host(self.before.take());
    }
}

struct Refuser {
    refuse: Refuse,
}

impl Host for Refuser {
    fn id(&self) -> u64 {
        0
    }

    fn serves(&self, _home: *const ()) -> bool {
        false
    }

    fn run_in_place(&self, task: &Header) -> bool {
        (self.refuse)(task)
    }

    fn run_one_in_place(&self, tasks: &dyn Wanted) {
        tasks.any(&mut |task| self.run_in_place(task));
    }

    fn block(&self, need: Need<'_>) -> Result<(), Stuck> {
        if let Need::Timed(tasks) = need {
            self.run_one_in_place(tasks);
        }
        Ok(())
    }

    fn gave_up(&self, _tasks: &dyn Wanted) {}

    fn unmanned(&self) -> bool {
        false
    }

    fn stuck(&self) -> Option<Stuck> {
        None
    }

    fn unblock(&self) {}
}

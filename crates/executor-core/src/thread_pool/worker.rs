use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use crate::future::{Header, Home, Host, Need, Started, Stuck, Wanted, claim, set_host, waits};
use crate::panic;
use crate::primitives::count_awake;

use super::idle::{Nap, Rest};
use super::lookout::Lookout;
use super::roster::Record;
use super::shared::Shared;

/// One thread of a pool.
struct Worker {
    shared: Arc<Shared>,
    record: Arc<Record>,
    /// Where the stack stood when the thread began.
    base: usize,
    /// How many waits this thread is blocked in, one inside another.
    blocks: Cell<usize>,
    /// How many tasks run in place on this thread, one inside another.
    nested: Cell<usize>,
}

/// Serves a pool from the start of a thread to its end.
pub(super) fn run(shared: &Arc<Shared>, index: usize, record: Arc<Record>) {
    let worker = Rc::new(Worker {
        shared: Arc::clone(shared),
        record,
        base: stack_position(),
        blocks: Cell::new(0),
        nested: Cell::new(0),
    });
    #[cfg(not(shuttle))]
    let enrolled = crate::registry::enroll();
    let observed = panic::observe();
    count_awake(true);
    match worker.initialize() {
        Ok(searching) => {
            set_host(Some(Rc::clone(&worker) as Rc<dyn Host>));
            worker.serve(searching);
            set_host(None);
        }
        Err(cause) => {
            shared.break_down(&cause);
            shared.idle.leave(false);
        }
    }
    count_awake(false);
    drop(observed);
    // Who has shut the pool down finds no worker in the list of threads.
    #[cfg(not(shuttle))]
    drop(enrolled);
    shared.dismiss(index);
}

impl Worker {
    /// Makes this thread ready. Whoever started it counted it as searching; the answer says whether
    /// it still does.
    fn initialize(&self) -> Result<bool, String> {
        if self.shared.config.initializer.is_none() {
            return Ok(true);
        }
        // That may take a while, for which nobody must count on this thread.
        self.stop_searching();
        self.shared.config.initialize().map(|()| false)
    }

    /// This thread has something to do; if it was the last that searched, another may have to.
    fn stop_searching(&self) {
        if self.shared.idle.found() && !self.shared.queue.is_empty() {
            self.shared.call();
        }
    }

    /// Takes tasks and runs them until the pool is closed or this worker is not needed any more; it
    /// does not count as living after that.
    fn serve(&self, mut searching: bool) {
        let Shared { queue, idle, config, .. } = &*self.shared;
        let nap = Arc::new(Nap::new());
        let popper = queue.popper();
        let mut lookout = Lookout::new();
        let work = || !queue.is_empty();
        loop {
            // Asked before the queue is: what is pushed before the pool closes is still seen.
            let closed = idle.closed();
            if let Some(task) = queue.pop(&popper) {
                if std::mem::take(&mut searching) {
                    self.stop_searching();
                }
                match task.start() {
                    Some(started) => {
                        self.shared.leave_gate();
                        self.run(started);
                    }
                    None => queue.bury(),
                }
                if idle.retire() {
                    break;
                }
                continue;
            }
            if closed {
                idle.leave(searching);
                break;
            }
            searching = searching || idle.search();
            if searching && lookout.sees_one_in(queue) {
                continue;
            }
            let deadline = config.keep_alive.and_then(|time| Instant::now().checked_add(time));
            match idle.rest(&nap, searching, work, deadline) {
                Rest::Search => searching = true,
                Rest::Leave => {
                    // Nobody counts on this worker any more; what was pushed before needs another.
                    if work() {
                        self.shared.call();
                    }
                    break;
                }
            }
        }
        queue.dismiss(&popper);
    }

    fn run(&self, started: Started) {
        self.record.begin();
        let executed = started.execute(self.record.id);
        self.record.finish();
        executed.finish();
    }

    /// There is enough stack left for a task that may use `share` of it.
    fn has_stack(&self, share: usize) -> bool {
        if cfg!(shuttle) {
            return self.nested.get() < 2;
        }
        let used = self.base.abs_diff(stack_position());
        used < self.shared.stack_bytes - self.shared.stack_bytes / share
    }

    fn run_in_place_with(&self, task: &Header, share: usize) -> bool {
        if !self.shared.owns(task) || !task.pending() || !self.has_stack(share) {
            return false;
        }
        let Some(started) = claim(task) else {
            return false;
        };
        drop(self.shared.withdrawn(false));
        self.nested.set(self.nested.get() + 1);
        self.run(started);
        self.nested.set(self.nested.get() - 1);
        true
    }

    /// Counts this thread as blocked, in the pool and among those who wait for each other.
    fn fall_asleep(&self, need: Need<'_>) -> Result<(), Stuck> {
        if !matches!(need, Need::Timed(_) | Need::Other) {
            waits::enter(self.record.id, need)?;
        }
        if self.blocks.replace(self.blocks.get() + 1) == 0 {
            self.shared.idle.block();
            count_awake(false);
        }
        Ok(())
    }

    /// Makes sure that somebody can run what is queued while this worker sleeps; false: nobody can.
    fn find_stand_in(&self, need: Need<'_>) -> bool {
        let queued = |task: &Header| task.pending() && self.shared.owns(task);
        // A task that could not be run in place for want of stack needs somebody else at once.
        let urgent = match need {
            Need::All(tasks) | Need::Borrowers(tasks) => !tasks.all(&mut |task| !queued(task)),
            Need::Any(_) | Need::Timed(_) | Need::Other => false,
        };
        let start = match urgent {
            true => self.shared.idle.call_spare(),
            false if self.shared.queue.is_empty() => false,
            false => self.shared.idle.call(),
        };
        if start {
            self.shared.start_worker();
        }
        !self.shared.idle.stranded() || self.shared.queue.is_empty()
    }

    /// With nobody left to run what this worker needs it runs it itself, as long as there is any
    /// stack at all; an error if not even that is possible.
    fn help_itself(&self, need: Need<'_>) -> Result<(), Stuck> {
        const LAST_EIGHTH: usize = 8;
        let mut possible = |task: &Header| {
            !task.pending()
                || !self.shared.owns(task)
                || self.run_in_place_with(task, LAST_EIGHTH)
                || !task.pending()
        };
        let helped = match need {
            Need::Other => true,
            Need::Timed(tasks) => {
                // Late is better than never.
                tasks.any(&mut possible);
                true
            }
            Need::All(tasks) | Need::Borrowers(tasks) => tasks.all(&mut possible),
            Need::Any(tasks) => tasks.any(&mut possible),
        };
        // Who cannot give up waits on: a worker that wakes may still bring what is needed.
        if helped || matches!(need, Need::Borrowers(_)) {
            return Ok(());
        }
        Err(Stuck(format!(
            "waiting would never end: the awaited task is still queued, all {} workers of the pool are \
             blocked inside tasks, no further one can stand in for them, and this one has no stack \
             left to run it in place; use larger stacks or nest less deeply",
            self.shared.idle.live()
        )))
    }
}

impl Host for Worker {
    fn id(&self) -> u64 {
        self.record.id
    }

    fn serves(&self, home: *const ()) -> bool {
        self.shared.address() == home
    }

    fn run_in_place(&self, task: &Header) -> bool {
        // A task run in place has at least half as much stack as one that a worker takes afresh.
        const HALF: usize = 2;
        self.run_in_place_with(task, HALF)
    }

    fn run_one_in_place(&self, tasks: &dyn Wanted) {
        tasks.any(&mut |task| self.run_in_place(task));
    }

    fn block(&self, need: Need<'_>) -> Result<(), Stuck> {
        self.fall_asleep(need)?;
        if self.find_stand_in(need) {
            return Ok(());
        }
        // What is run in place may wait itself, and must find this thread awake.
        self.unblock();
        self.help_itself(need)?;
        self.fall_asleep(need)?;
        // While this thread was awake, others that fell asleep counted on it.
        self.find_stand_in(need);
        Ok(())
    }

    fn gave_up(&self, tasks: &dyn Wanted) {
        let mut queued = |task: &Header| task.pending() && self.shared.owns(task);
        if tasks.any(&mut queued) && self.shared.idle.call_spare() {
            self.shared.start_worker();
        }
    }

    fn unmanned(&self) -> bool {
        let unmanned = || self.shared.idle.stranded() && !self.shared.queue.is_empty();
        if unmanned() {
            self.shared.call();
        }
        unmanned()
    }

    fn stuck(&self) -> Option<Stuck> {
        waits::told(self.record.id)
    }

    fn unblock(&self) {
        let outer = self.blocks.get() - 1;
        self.blocks.set(outer);
        if outer == 0 {
            count_awake(true);
            self.shared.idle.unblock();
        }
        waits::leave(self.record.id);
    }
}

/// Roughly where the stack of this thread stands.
#[inline(never)]
fn stack_position() -> usize {
    let here = 0_u8;
    std::hint::black_box(std::ptr::from_ref(&here)).addr()
}

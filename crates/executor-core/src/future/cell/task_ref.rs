use std::ptr::NonNull;

use crate::error::TaskError;
use crate::panic;
use crate::primitives::atomic::Ordering::Relaxed;

use crate::future::state::{Cancel, TASK};

use super::memory::Header;

/// A task without its types: what queues carry. Holds the reference TASK.
pub(crate) struct TaskRef {
    cell: NonNull<Header>,
}

// SAFETY: `task` demands `Send` of the work and of the result.
unsafe impl Send for TaskRef {}

/// A task that the caller has begun, and alone may run.
pub(crate) struct Started {
    cell: NonNull<Header>,
    drops: u32,
}

/// A task that has run and whose outcome nobody knows yet.
pub(crate) struct Executed {
    cell: NonNull<Header>,
    drops: u32,
    failed: bool,
}

impl TaskRef {
    /// Takes over the reference TASK of a new cell.
    pub(super) fn new(cell: NonNull<Header>) -> Self {
        Self { cell }
    }

    fn header(&self) -> &Header {
        // SAFETY: C1: `self` holds TASK.
        unsafe { self.cell.as_ref() }
    }

    /// Nobody has begun or cancelled it.
    pub(crate) fn pending(&self) -> bool {
        self.header().pending()
    }

    /// Begins the task; `None`: it was cancelled, or begun by somebody who waited for it.
    #[inline]
    pub(crate) fn start(self) -> Option<Started> {
        let started = self.header().state.start();
        started.then(|| Started { cell: self.into_raw(), drops: TASK })
    }

    /// Cancels a task that has been taken from its queue; false: it had been begun or cancelled.
    /// What is done `first` is done before anybody sees the task cancelled.
    pub(crate) fn cancel(self, first: impl FnOnce()) -> bool {
        let won = self.header().state.cancel() == Cancel::Won;
        if won {
            first();
            self.end_with(TaskError::cancelled());
        }
        won
    }

    /// Ends a task that has been taken from its queue with an error of the executor's; otherwise as
    /// [`cancel`](Self::cancel).
    pub(crate) fn refuse(self, error: TaskError, first: impl FnOnce()) -> bool {
        let won = self.header().state.start();
        if won {
            first();
            self.end_with(error);
        }
        won
    }

    fn end_with(self, error: TaskError) {
        let cell = self.into_raw();
        // SAFETY: C1: TASK is held until `give_up` gives it up.
        unsafe { cell.as_ref() }.give_up(error, TASK);
    }

    /// The cell, with the reference TASK.
    pub(crate) fn into_raw(self) -> NonNull<Header> {
        std::mem::ManuallyDrop::new(self).cell
    }

    /// # Safety
    ///
    /// It came from [`into_raw`](Self::into_raw), and this is done once.
    pub(crate) unsafe fn from_raw(cell: NonNull<Header>) -> Self {
        Self { cell }
    }
}

impl Drop for TaskRef {
    fn drop(&mut self) {
        if self.header().state.start() {
            return self.header().give_up(TaskError::abandoned(), TASK);
        }
        if self.header().state.unref(TASK).forsaken() {
            let free = self.header().vtable.free;
            // SAFETY: C6, C1: the last reference is gone.
            panic::contain(|| unsafe { free(self.cell) });
        }
    }
}

impl Started {
    /// Runs the work on this thread, which the wait graph knows as `runner`.
    #[inline]
    pub(crate) fn execute(self, runner: u64) -> Executed {
        // SAFETY: C1: TASK is held, or borrowed from the ticket of whoever waits.
        let header = unsafe { self.cell.as_ref() };
        header.runner.store(runner, Relaxed);
        // SAFETY: C6; C2, C3: the task has been started, and `self` is used once.
        let failed = unsafe { (header.vtable.execute)(self.cell) };
        Executed { cell: self.cell, drops: self.drops, failed }
    }
}

impl Executed {
    /// Makes the outcome known: callbacks first, then whoever waits.
    #[inline]
    pub(crate) fn finish(self) {
        // SAFETY: C1: as in `execute`.
        let finish = unsafe { self.cell.as_ref() }.vtable.finish;
        // SAFETY: C6; C1: gives up what `self` holds.
        unsafe { finish(self.cell, self.failed, self.drops) };
    }
}

/// Begins a queued task out of its turn, on behalf of somebody who waits for it and whose ticket
/// outlives the result. The queue keeps its reference, as a tombstone.
pub(crate) fn claim(task: &Header) -> Option<Started> {
    let started = task.state.start();
    started.then(|| Started { cell: NonNull::from(task), drops: 0 })
}

use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::error::TaskError;
use crate::panic;

use crate::future::state::{ALONE, Cancel, HANDLE, REMOTE, TASK};
use crate::primitives::atomic::Ordering::Relaxed;

use super::home::Door;
use super::memory::{Cell, Core, Header, KEY};
use super::ticket::Ticket;

/// Makes a cell without work, whose outcome comes from a promise.
pub(in crate::future) fn unfulfilled<T>() -> (Maker<T>, Ticket<T>) {
    // Promises are kept for any length of time, which would keep whole blocks.
    let core = Cell::allocate(none as fn() -> T, None, TASK | HANDLE | ALONE);
    (Maker { core, owns: PhantomData }, Ticket::new(core))
}

/// Makes a cell whose outcome comes from another process.
///
/// # Safety
///
/// `home` is valid as rule C7 says, and leads to a [`Remote`](super::Remote).
pub(crate) unsafe fn remote<T>(home: NonNull<Door>) -> (Maker<T>, Ticket<T>) {
    let work = none as fn() -> T;
    let core = Cell::allocate(work, Some(home), TASK | HANDLE | REMOTE);
    (Maker { core, owns: PhantomData }, Ticket::new(core))
}

/// The work of a cell whose outcome comes from elsewhere; never called.
fn none<T>() -> T {
    unreachable!("a promise's cell has no work")
}

/// The producer's half of a cell without work. Holds the reference TASK.
pub(crate) struct Maker<T> {
    core: NonNull<Core<T>>,
    owns: PhantomData<T>,
}

// SAFETY: it only ever moves a `T` into the cell.
unsafe impl<T: Send> Send for Maker<T> {}
// SAFETY: through `&Maker` only the state is reached, which is atomic.
unsafe impl<T: Send> Sync for Maker<T> {}

impl<T> Maker<T> {
    fn core(&self) -> &Core<T> {
        // SAFETY: C1: `self` holds TASK.
        unsafe { self.core.as_ref() }
    }

    /// True once, unless it was cancelled.
    pub(in crate::future) fn start(&self) -> bool {
        self.core().header.state.start()
    }

    /// Gives a remote task the key by which its executor knows it, before anybody can ask.
    pub(crate) fn set_key(&self, key: u64) {
        debug_assert_eq!(key & KEY, 0, "a key leaves that bit free");
        self.core().header.runner.store(KEY | key, Relaxed);
    }

    /// Cancels a task that nobody else can begin any more; nobody is told before
    /// [`tell`](Self::tell).
    pub(crate) fn cancel(&self) {
        let won = self.core().header.state.cancel() == Cancel::Won;
        debug_assert!(won, "only its executor cancels it, or its future by way of the executor");
    }

    /// Tells that the task was [cancelled](Self::cancel).
    pub(crate) fn tell(self) {
        let cell = std::mem::ManuallyDrop::new(self).core.cast::<Header>();
        // SAFETY: C1: TASK is held until `give_up` gives it up.
        unsafe { cell.as_ref() }.give_up(TaskError::cancelled(), TASK);
    }

    /// Finishes the task.
    ///
    /// # Errors
    ///
    /// The outcome comes back if the task was cancelled meanwhile.
    pub(crate) fn set(self, outcome: Result<T, TaskError>) -> Result<(), Result<T, TaskError>> {
        let core = self.core();
        // A promise may be fulfilled from PENDING too; then a canceller may be faster.
        if !core.header.state.start() && !core.header.state.load().running() {
            return Err(outcome);
        }
        let failed = outcome.is_err();
        // SAFETY: C3: only the one promise gets here, and only once.
        unsafe { core.place.put(outcome) };
        let cell = std::mem::ManuallyDrop::new(self).core.cast::<Header>();
        // SAFETY: C1: TASK is held until `finish` gives it up.
        let finish = unsafe { cell.as_ref() }.vtable.finish;
        // SAFETY: C6, C1.
        unsafe { finish(cell, failed, TASK) };
        Ok(())
    }
}

impl<T> Drop for Maker<T> {
    fn drop(&mut self) {
        let state = &self.core().header.state;
        let mine = state.start() || state.load().running();
        let header = &self.core().header;
        if mine {
            // SAFETY: C3: nothing was set, or the promise would not be dropped.
            unsafe { self.core().place.put(Err(TaskError::abandoned())) };
            // SAFETY: C6, C1: gives up TASK.
            unsafe { (header.vtable.finish)(self.core.cast(), true, TASK) };
        } else if state.unref(TASK).forsaken() {
            let free = header.vtable.free;
            // SAFETY: C6, C1: the last reference is gone.
            panic::contain(|| unsafe { free(self.core.cast()) });
        }
    }
}

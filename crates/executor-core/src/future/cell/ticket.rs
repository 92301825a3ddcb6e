use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::error::TaskError;

use crate::future::state::{HANDLE, TASK, WATCH};
use crate::future::waiter::Callback;

use super::home::Door;
use super::memory::{Cell, Core, Header};
use super::task_ref::TaskRef;
use super::watch::Watch;

/// Makes a task and its future's half.
///
/// # Safety
///
/// Whatever `F` and `T` borrow outlives the moment at which the task is seen to be done, and the
/// ticket. `home` is valid as rule C7 says.
pub(crate) unsafe fn task<F, T>(work: F, home: Option<NonNull<Door>>) -> (TaskRef, Ticket<T>)
where
    F: FnOnce() -> T + Send,
    T: Send,
{
    let core = Cell::allocate(work, home, TASK | HANDLE);
    (TaskRef::new(core.cast()), Ticket::new(core))
}

/// Makes a task, its future's half, and a watch that sees it out.
///
/// # Safety
///
/// As [`task`], except that what `F` and `T` borrow need only live until the watch is closed.
pub(crate) unsafe fn watched_task<F, T>(
    work: F,
    home: Option<NonNull<Door>>,
) -> (TaskRef, Ticket<T>, Watch)
where
    F: FnOnce() -> T + Send,
    T: Send,
{
    let core = Cell::allocate(work, home, TASK | HANDLE | WATCH);
    (TaskRef::new(core.cast()), Ticket::new(core), Watch::new(core.cast()))
}

/// The consumer's half of a cell. Holds the reference HANDLE.
pub(crate) struct Ticket<T> {
    core: NonNull<Core<T>>,
    owns: PhantomData<T>,
}

// SAFETY: a ticket hands its `T` to one thread at a time.
unsafe impl<T: Send> Send for Ticket<T> {}
// SAFETY: through `&Ticket` threads share `&T`, and a callback may get it on another thread.
unsafe impl<T: Send + Sync> Sync for Ticket<T> {}

impl<T> Ticket<T> {
    /// Takes over the reference HANDLE of a new cell.
    pub(super) fn new(core: NonNull<Core<T>>) -> Self {
        Self { core, owns: PhantomData }
    }

    fn core(&self) -> &Core<T> {
        // SAFETY: C1: `self` holds HANDLE.
        unsafe { self.core.as_ref() }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.core().header
    }

    /// See [`Core::visible`].
    pub(in crate::future) fn visible(&self) -> Option<Result<&T, &TaskError>> {
        self.core().visible()
    }

    /// Names the async task to wake; false: the future has been released.
    pub(in crate::future) fn listen_async(&self, waker: std::task::Waker) -> bool {
        let mut listeners = self.core().listeners();
        if self.header().state.listen().released() {
            return false;
        }
        let unneeded = listeners.set_waker(waker);
        drop(listeners);
        drop(unneeded);
        true
    }

    /// Forgets the async task, which will not poll this future again.
    #[cold]
    fn unlisten_async(&self) {
        let unneeded = self.core().listeners().take_waker();
        drop(unneeded);
    }

    pub(in crate::future) fn call_back(&self, callback: Callback<T>) {
        self.core().call_back(callback);
    }

    /// Moves the outcome out, leaving the ticket empty.
    ///
    /// # Panics
    ///
    /// If it has been moved out before, or is not released.
    pub(in crate::future) fn take_outcome(&mut self) -> Result<T, TaskError> {
        assert!(self.header().released(), "the future's callbacks still borrow its result");
        assert!(self.header().state.take(), "the future's result has been taken before");
        // SAFETY: C5: released, and this call has claimed it.
        unsafe { self.core().place.take() }
    }
}

impl<T> Drop for Ticket<T> {
    #[inline]
    fn drop(&mut self) {
        let state = &self.header().state;
        let now = state.load();
        if now.listened() && !now.released() {
            self.unlisten_async();
        }
        // When all others have let go already, nobody else can see the cell any more.
        if now.sole_handle() || state.unref(HANDLE).forsaken() {
            // SAFETY: C6, C1: the last reference is this one.
            unsafe { (self.header().vtable.free)(self.core.cast()) };
        }
    }
}

//! What a pool's worker does in place of sleeping, said without knowing the pool.
//!
//! A worker registers itself as its thread's [`Host`]. Whoever is about to wait asks the host to
//! run the awaited task in place, or to note that the thread is blocked.

use std::cell::RefCell;
use std::rc::Rc;

use crate::primitives::per_thread;

use super::cell::Header;
use super::current;

/// The worker under whose hands a wait happens.
pub(crate) trait Host {
    /// The number of this thread in the wait graph.
    fn id(&self) -> u64;

    /// It works for this home.
    fn serves(&self, home: *const ()) -> bool;

    /// Begins and runs a queued task of the same pool on this thread; false: it is not queued
    /// there, or there is too little stack left for it.
    fn run_in_place(&self, task: &Header) -> bool;

    /// Begins and runs one of the tasks on this thread, unless one has finished.
    fn run_one_in_place(&self, tasks: &dyn Wanted);

    /// Notes that this thread is about to sleep until the need is met, so that others can stand in
    /// for it. Every success is followed by [`unblock`](Self::unblock).
    fn block(&self, need: Need<'_>) -> Result<(), Stuck>;

    /// A wait for these tasks has ended before they have: if one is queued, and this thread goes on
    /// to wait for it in this way, somebody else must run it.
    fn gave_up(&self, tasks: &dyn Wanted);

    /// Nobody can run what is queued while this thread sleeps, because no thread could be started.
    /// Tries again; true: still nobody.
    fn unmanned(&self) -> bool;

    /// Why the sleep must end without what it is for, if somebody else found that out.
    fn stuck(&self) -> Option<Stuck>;

    /// The sleep is over.
    fn unblock(&self);
}

/// What a thread waits for.
#[derive(Clone, Copy)]
pub(crate) enum Need<'a> {
    /// Every one of these tasks.
    All(&'a dyn Wanted),
    /// Every one of these tasks, which borrow from the waiter: it cannot give up.
    Borrowers(&'a dyn Wanted),
    /// One of these tasks.
    Any(&'a dyn Wanted),
    /// Some of these tasks, until a deadline.
    Timed(&'a dyn Wanted),
    /// Something that no task is known to bring.
    Other,
}

/// Tasks that somebody waits for.
pub(crate) trait Wanted {
    /// The statement holds for every unfinished one of them.
    fn all(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool;
    /// The statement holds for one of them, or one has finished.
    fn any(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool;
}

/// Why a wait would never end.
#[derive(Debug)]
pub(crate) struct Stuck(pub(crate) String);

impl Wanted for Header {
    fn all(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        holds(self)
    }

    fn any(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        holds(self)
    }
}

per_thread! {
    static HOST: RefCell<Option<Rc<dyn Host>>> = RefCell::new(None);
}

/// Names this thread's host; returns the one it had.
pub(crate) fn set_host(host: Option<Rc<dyn Host>>) -> Option<Rc<dyn Host>> {
    current::set_id(host.as_ref().map_or(0, |host| host.id()));
    HOST.with(|slot| slot.replace(host))
}

/// The worker on whose thread this is called.
pub(crate) fn host() -> Option<Rc<dyn Host>> {
    // Late in a thread's life there is no host any more, and nothing to stand in for.
    HOST.try_with(|slot| slot.borrow().clone()).ok().flatten()
}

/// Runs `f`, which may sleep for something that no task is known to bring; others stand in for this
/// thread meanwhile.
pub(crate) fn aside<R>(f: impl FnOnce() -> R) -> R {
    let Some(worker) = host() else { return f() };
    // A need that is not for tasks is never refused.
    let blocked = worker.block(Need::Other).is_ok();
    let _unblock = Unblock(blocked.then_some(worker));
    f()
}

/// Ends the block also when the closure panics.
struct Unblock(Option<Rc<dyn Host>>);

impl Drop for Unblock {
    fn drop(&mut self) {
        if let Some(worker) = &self.0 {
            worker.unblock();
        }
    }
}

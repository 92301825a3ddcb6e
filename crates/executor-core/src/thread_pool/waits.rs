//! Who waits for whom, among the workers of all pools of the program.
//!
//! A worker that is about to sleep for a task enters what it needs. If following its need leads back
//! to itself on every way, nobody will ever wake it, and it is told so instead. It is always the one
//! that closes the circle: all others have entered theirs before.
//!
//! A need for *all* of some tasks is met only if each of them can still end; a need for *any* of
//! them, if one can. A task can end unless the thread that runs it is in the circle or stuck itself:
//! a queued one will be run by a worker that is free or stands in.
//!
//! Rules:
//! - W1. An entry points at a need that its thread borrows while it sleeps; the thread removes the
//!   entry before that borrow ends.
//! - W2. Entries are read and written only under the lock.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::transmute;

use crate::future::{Header, Need, Stuck};
use crate::primitives::GlobalLock;

static WAITS: GlobalLock<Waits> = GlobalLock::new(Waits { entries: BTreeMap::new() });

#[derive(Default)]
struct Waits {
    entries: BTreeMap<u64, Entry>,
}

#[derive(Clone, Copy)]
enum Entry {
    Sleeps(Need<'static>),
    /// It waits until nobody else gets on; see [`await_the_others`].
    Yields,
}

// SAFETY: W2 orders all access, and what a need shows of a task are atomics.
unsafe impl Send for Waits {}
// SAFETY: as above.
unsafe impl Sync for Waits {}

/// Notes what a thread is about to sleep for.
///
/// The caller keeps the need alive until it calls [`leave`], which it does on every path.
pub(super) fn enter(thread: u64, need: Need<'_>) -> Result<(), Stuck> {
    // SAFETY: W1: only the lifetime changes, and the entry goes before the need does.
    let need = unsafe { transmute::<Need<'_>, Need<'static>>(need) };
    let mut waits = WAITS.write();
    waits.entries.insert(thread, Entry::Sleeps(need));
    if waits.gets_on(thread) {
        return Ok(());
    }
    waits.entries.remove(&thread);
    Err(Stuck(
        "waiting would never end: the awaited task itself waits, directly or through others, for the \
         task that waits for it; wait for one of them outside a task"
            .to_owned(),
    ))
}

/// The thread is awake.
pub(super) fn leave(thread: u64) {
    WAITS.write().entries.remove(&thread);
}

/// Notes that a thread waits until all others have ended or wait for it in turn.
pub(super) fn yield_to_others(thread: u64) {
    WAITS.write().entries.insert(thread, Entry::Yields);
}

/// One of these threads can still get on with its task.
pub(super) fn any_gets_on(mut threads: impl Iterator<Item = u64>) -> bool {
    let waits = WAITS.read();
    threads.any(|thread| waits.gets_on(thread))
}

impl Waits {
    fn gets_on(&self, thread: u64) -> bool {
        Walk { waits: self, path: Vec::new(), fine: BTreeSet::new() }.gets_on(thread)
    }
}

/// A walk along the needs, from one thread.
struct Walk<'a> {
    waits: &'a Waits,
    /// The threads on the way to where the walk is.
    path: Vec<u64>,
    /// Threads known to get on.
    fine: BTreeSet<u64>,
}

impl Walk<'_> {
    fn gets_on(&mut self, thread: u64) -> bool {
        if self.path.contains(&thread) {
            return false;
        }
        if self.fine.contains(&thread) {
            return true;
        }
        self.path.push(thread);
        let fine = match self.waits.entries.get(&thread) {
            None | Some(Entry::Sleeps(Need::Other)) => true,
            Some(Entry::Yields) => false,
            Some(Entry::Sleeps(Need::All(tasks))) => tasks.all(&mut |task| self.can_end(task)),
            Some(Entry::Sleeps(Need::Any(tasks))) => tasks.any(&mut |task| self.can_end(task)),
        };
        self.path.pop();
        if fine {
            self.fine.insert(thread);
        }
        fine
    }

    fn can_end(&mut self, task: &Header) -> bool {
        task.runner().is_none_or(|thread| self.gets_on(thread))
    }
}

//! Who waits for whom, among the workers of all pools of the program.
//!
//! A worker that is about to sleep for a task enters what it needs. If following its need leads back
//! to itself on every way, nobody will ever wake it, and it is told so instead. It is always the one
//! that closes the circle: all others have entered theirs before. Only the end of a scope cannot give
//! up, because tasks borrow from it; then another of the circle is woken and told.
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
use crate::primitives::{GlobalLock, thread};

static WAITS: GlobalLock<Waits> = GlobalLock::new(Waits { entries: BTreeMap::new(), yielders: 0 });

#[derive(Default)]
struct Waits {
    entries: BTreeMap<u64, Entry>,
    /// How many of the entries are of those who yield.
    yielders: usize,
}

enum Entry {
    Sleeps {
        need: Need<'static>,
        thread: thread::Thread,
        /// It will never be woken otherwise, and gives up.
        told: bool,
    },
    /// It waits until nobody else gets on, except by way of itself; see [`yield_to_others`].
    Yields { thread: thread::Thread },
}

// SAFETY: W2 orders all access, and what a need shows of a task are atomics.
unsafe impl Send for Waits {}
// SAFETY: as above.
unsafe impl Sync for Waits {}

/// Notes what a thread is about to sleep for.
///
/// The caller keeps the need alive until it calls [`leave`], which it does on every path.
pub(super) fn enter(id: u64, need: Need<'_>) -> Result<(), Stuck> {
    // SAFETY: W1: only the lifetime changes, and the entry goes before the need does.
    let need = unsafe { transmute::<Need<'_>, Need<'static>>(need) };
    let entry = Entry::Sleeps { need, thread: thread::current(), told: false };
    let mut waits = WAITS.write();
    waits.entries.insert(id, entry);
    // Whoever yields gets on as soon as it learns that this thread waits for it.
    let Err(circle) = waits.walk(id, true) else {
        waits.note_change();
        return Ok(());
    };
    if matches!(need, Need::Borrowers(_)) {
        waits.tell_one_of(&circle);
        waits.note_change();
        return Ok(());
    }
    waits.entries.remove(&id);
    Err(never())
}

/// Why the thread must give up, if another that cannot has found it in its circle.
pub(super) fn told(id: u64) -> Option<Stuck> {
    match WAITS.read().entries.get(&id) {
        Some(Entry::Sleeps { told: true, .. }) => Some(never()),
        _ => None,
    }
}

fn never() -> Stuck {
    let why = "waiting would never end: the awaited task itself waits, directly or through others, for \
               the task that waits for it; wait for one of them outside a task";
    Stuck(why.to_owned())
}

/// The thread is awake.
pub(super) fn leave(id: u64) {
    let mut waits = WAITS.write();
    if let Some(Entry::Yields { .. }) = waits.entries.remove(&id) {
        waits.yielders -= 1;
    }
}

/// Notes that a thread waits until all others have ended or wait for it in turn.
pub(super) fn yield_to_others(id: u64) {
    let mut waits = WAITS.write();
    waits.yielders += 1;
    waits.entries.insert(id, Entry::Yields { thread: thread::current() });
}

/// One of these threads can still get on with its task.
pub(super) fn any_gets_on(mut ids: impl Iterator<Item = u64>) -> bool {
    let waits = WAITS.read();
    ids.any(|id| waits.walk(id, false).is_ok())
}

impl Waits {
    /// Whether a thread gets on; if not, a circle that keeps it.
    fn walk(&self, id: u64, yielders: bool) -> Result<(), Vec<u64>> {
        let mut walk = Walk {
            waits: self,
            yielders,
            path: Vec::new(),
            fine: BTreeSet::new(),
            circle: Vec::new(),
        };
        if walk.gets_on(id) { Ok(()) } else { Err(walk.circle) }
    }

    /// One thread more sleeps: that may be all that those who yield have waited for.
    fn note_change(&self) {
        if self.yielders == 0 {
            return;
        }
        for entry in self.entries.values() {
            if let Entry::Yields { thread } = entry {
                thread.unpark();
            }
        }
    }

    /// Wakes one thread of the circle that can give up.
    fn tell_one_of(&mut self, circle: &[u64]) {
        for id in circle.iter().rev() {
            if let Some(Entry::Sleeps { need, thread, told }) = self.entries.get_mut(id)
                && !matches!(need, Need::Borrowers(_))
            {
                *told = true;
                thread.unpark();
                return;
            }
        }
    }
}

/// A walk along the needs, from one thread.
struct Walk<'a> {
    waits: &'a Waits,
    /// Whether those who yield count as getting on.
    yielders: bool,
    /// The threads on the way to where the walk is.
    path: Vec<u64>,
    /// Threads known to get on.
    fine: BTreeSet<u64>,
    /// The way that last came back to itself.
    circle: Vec<u64>,
}

impl Walk<'_> {
    fn gets_on(&mut self, id: u64) -> bool {
        if self.path.contains(&id) {
            self.circle.clone_from(&self.path);
            return false;
        }
        if self.fine.contains(&id) {
            return true;
        }
        self.path.push(id);
        let fine = match self.waits.entries.get(&id) {
            None | Some(Entry::Sleeps { told: true, .. }) => true,
            Some(Entry::Yields { .. }) => self.yielders,
            Some(Entry::Sleeps { need, .. }) => match need {
                Need::All(tasks) | Need::Borrowers(tasks) => {
                    tasks.all(&mut |task| self.can_end(task))
                }
                Need::Any(tasks) => tasks.any(&mut |task| self.can_end(task)),
                Need::Other => true,
            },
        };
        self.path.pop();
        if fine {
            self.fine.insert(id);
        }
        fine
    }

    fn can_end(&mut self, task: &Header) -> bool {
        task.runner().is_none_or(|id| self.gets_on(id))
    }
}

//! Who waits for whom, among the workers of all pools of the program, and the threads that run
//! callbacks for pools of processes.
//!
//! A thread that is about to sleep for a task enters what it needs. If following its need leads
//! back to itself on every way, nobody will ever wake it, and it is told so instead. It is always
//! the one that closes the circle: all others have entered theirs before. Only the end of a scope
//! cannot give up, because tasks borrow from it; then another of the circle is woken and told.
//!
//! A need for *all* of some tasks is met only if each of them can still end; a need for *any* of
//! them, if one can. A task can end unless the thread that runs it is in the circle or stuck
//! itself: a queued one will be run by a worker that is free or stands in.
//!
//! Rules:
//! - W1. An entry points at a need that its thread borrows while it sleeps; the thread removes the
//!   entry before that borrow ends.
//! - W2. Entries are read and written only under the lock.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::transmute;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::global_lock::GlobalLock;
use crate::primitives::thread;

use super::cell::Header;
use super::host::{Need, Stuck};

static WAITS: GlobalLock<Waits> = GlobalLock::new(Waits::new(), Waits::new);

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

/// A number for a thread, which no other thread of this program has or will have.
pub(crate) fn new_id() -> u64 {
    static IDS: AtomicU64 = AtomicU64::new(1);
    // Relaxed: nothing but the number is shared.
    IDS.fetch_add(1, Relaxed)
}

/// Notes what a thread is about to sleep for.
///
/// The caller keeps the need alive until it calls [`leave`], which it does on every path.
pub(crate) fn enter(id: u64, need: Need<'_>) -> Result<(), Stuck> {
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
pub(crate) fn told(id: u64) -> Option<Stuck> {
    match WAITS.read().entries.get(&id) {
        Some(Entry::Sleeps { told: true, .. }) => Some(never()),
        _ => None,
    }
}

fn never() -> Stuck {
    let why = "waiting would never end: the awaited task itself waits, directly or through others, for \
               the task (or callback) that waits for it; let one of them end without the other";
    Stuck(why.to_owned())
}

/// Forgets who waited in the process from which this one was forked.
///
/// # Safety
///
/// Rule G1 of [`GlobalLock`]; no code of a user runs under this lock, so the forking thread does
/// not hold it.
pub(super) unsafe fn forget_all() {
    // SAFETY: as the caller promises.
    unsafe { WAITS.renew() };
}

/// The thread is awake.
pub(crate) fn leave(id: u64) {
    let mut waits = WAITS.write();
    if let Some(Entry::Yields { .. }) = waits.entries.remove(&id) {
        waits.yielders -= 1;
    }
}

/// Notes that a thread waits until all others have ended or wait for it in turn.
pub(crate) fn yield_to_others(id: u64) {
    let mut waits = WAITS.write();
    waits.yielders += 1;
    waits.entries.insert(id, Entry::Yields { thread: thread::current() });
}

/// One of these threads can still get on with its task.
pub(crate) fn any_gets_on(mut ids: impl Iterator<Item = u64>) -> bool {
    let waits = WAITS.read();
    ids.any(|id| waits.walk(id, false).is_ok())
}

impl Waits {
    const fn new() -> Self {
        Self { entries: BTreeMap::new(), yielders: 0 }
    }

    /// Whether a thread gets on; if not, a circle that keeps it.
    fn walk(&self, id: u64, yielders: bool) -> Result<(), Vec<u64>> {
        let mut walk = Walk { waits: self, yielders, stuck: BTreeMap::new() };
        if walk.plainly_fine(id) {
            return Ok(());
        }
        walk.collect(id);
        walk.settle();
        if walk.stuck.contains_key(&id) { Err(walk.circle(id)) } else { Ok(()) }
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

/// Finds out which threads get on: the least set that holds those who do not sleep, and with the
/// threads that somebody needs also that somebody.
struct Walk<'a> {
    waits: &'a Waits,
    /// Whether those who yield count as getting on.
    yielders: bool,
    /// Threads that can be reached and are not known to get on, with what they need.
    stuck: BTreeMap<u64, Threads>,
}

/// The threads that run what somebody needs.
enum Threads {
    All(BTreeSet<u64>),
    Any(BTreeSet<u64>),
}

impl Threads {
    fn ids(&self) -> &BTreeSet<u64> {
        match self {
            Self::All(ids) | Self::Any(ids) => ids,
        }
    }
}

impl Walk<'_> {
    /// It gets on whatever others do.
    fn plainly_fine(&self, id: u64) -> bool {
        match self.waits.entries.get(&id) {
            None | Some(Entry::Sleeps { told: true, .. }) => true,
            Some(Entry::Yields { .. }) => self.yielders,
            Some(Entry::Sleeps { .. }) => false,
        }
    }

    /// Notes everybody whom the thread may have to wait for, near or far.
    fn collect(&mut self, id: u64) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if self.stuck.contains_key(&id) {
                continue;
            }
            if let Some(threads) = self.needs_of(id) {
                open.extend(threads.ids());
                self.stuck.insert(id, threads);
            }
        }
    }

    /// The threads that a thread waits for; `None`: it gets on whatever they do.
    fn needs_of(&self, id: u64) -> Option<Threads> {
        if self.plainly_fine(id) {
            return None;
        }
        let mut ids = BTreeSet::new();
        // False for a task that nobody runs: queued or finished, it needs nobody else to end.
        let mut note_runner = |task: &Header| {
            let stuck = task.runner().filter(|runner| !self.plainly_fine(*runner));
            ids.extend(stuck);
            stuck.is_some()
        };
        match self.waits.entries.get(&id) {
            Some(Entry::Sleeps { need: Need::All(tasks) | Need::Borrowers(tasks), .. }) => {
                tasks.all(&mut |task| {
                    note_runner(task);
                    true
                });
                (!ids.is_empty()).then_some(Threads::All(ids))
            }
            Some(Entry::Sleeps { need: Need::Any(tasks), .. }) => {
                let fine = tasks.any(&mut |task| !note_runner(task));
                (!fine).then_some(Threads::Any(ids))
            }
            _ => Some(Threads::Any(ids)),
        }
    }

    /// Takes out whoever gets on because those do whom it needs, and then whoever needs those.
    fn settle(&mut self) {
        let mut needed_by: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for (id, threads) in &self.stuck {
            threads.ids().iter().for_each(|needed| needed_by.entry(*needed).or_default().push(*id));
        }
        let mut fine: Vec<u64> = self.stuck.keys().copied().filter(|id| self.served(*id)).collect();
        while let Some(id) = fine.pop() {
            self.stuck.remove(&id);
            let users = needed_by.remove(&id).into_iter().flatten();
            fine.extend(users.filter(|user| self.stuck.contains_key(user) && self.served(*user)));
        }
    }

    fn served(&self, id: u64) -> bool {
        let fine = |id: &u64| !self.stuck.contains_key(id);
        match &self.stuck[&id] {
            Threads::All(ids) => ids.iter().all(fine),
            Threads::Any(ids) => ids.iter().any(fine),
        }
    }

    /// A way through threads that are stuck, from this one until it comes back to itself.
    fn circle(&self, mut id: u64) -> Vec<u64> {
        let mut way = Vec::new();
        while !way.contains(&id) {
            way.push(id);
            let next = self.stuck[&id].ids().iter().find(|id| self.stuck.contains_key(id));
            match next {
                Some(next) => id = *next,
                None => break,
            }
        }
        way
    }
}

//! Waits until notified, among threads and processes.

use super::guard::{Guard, Permission};
use super::identity::Identity;
use super::page::{Page, Turn, Words};
use super::queue::{AT_ONCE, GRANTED, NOW_AND_THEN, PLACES, Place, Queue, dead};
use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, AtomicU64, Ordering::Relaxed};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::time::Duration;

#[repr(C)]
struct ConditionWords {
    tag: AtomicU32,
    /// The lock of all that wait; of the last that did, if nobody does.
    lock: AtomicU64,
    queue: Queue,
}

// SAFETY: P1.
unsafe impl Words for ConditionWords {
    const NAME: &'static str = "process::Condition";
    const TAG: u32 = 0xcf05;

    fn tag(&self) -> &AtomicU32 {
        &self.tag
    }
}

impl ConditionWords {
    /// Tells so many of those that came before a ticket, who came first being first.
    fn notify(&self, count: usize, before: u64) {
        let ticket = |place: &Place| place.ticket.load(Relaxed);
        let mut waiting: Vec<&Place> = self.queue.waiting().map(|(_, place)| place).collect();
        waiting.retain(|place| ticket(place) < before);
        waiting.sort_unstable_by_key(|place| ticket(place));
        for place in waiting.into_iter().take(count) {
            place.note.store(before, Relaxed);
            place.settle(GRANTED);
        }
    }

    /// Clears the places of these processes. What one was told and did not hear, another is told
    /// who waited at that time.
    fn bury(&self, dead: &[Identity]) {
        let theirs = self.queue.used().filter(|(_, place)| dead.contains(&place.owner()));
        let unheard = theirs.filter(|(_, place)| place.state() == GRANTED);
        let unheard: Vec<u64> = unheard.map(|(_, place)| place.note.load(Relaxed)).collect();
        self.queue.clear(dead);
        unheard.into_iter().for_each(|before| self.notify(1, before));
    }
}

/// Lets threads of several processes wait until another notifies them; Python's
/// `multiprocessing.Condition`.
///
/// It goes with the guards of a [`Lock`](super::Lock) or [`RLock`](super::RLock) of processes, of
/// which all levels are released and restored. All that wait at the same time use the same lock; it
/// is sent to a task beside the condition. Whoever waits longest is notified first, and nobody
/// returns without a notification.
///
/// # When somebody dies
///
/// A process that is killed while it waits is no longer there. If it had been notified and had not
/// gone on yet, the notification goes to the next that waited at that time; those that wait look
/// for that every 50 milliseconds. A holder of the lock that dies is reported by the guard: after a
/// wait, `guard.recovered()` is about the moment when the lock was taken again.
///
/// # Examples
///
/// ```
/// use executor_sync::process::{Condition, Event, Lock};
///
/// let (lock, changed, ready) = (Lock::new()?, Condition::new()?, Event::new()?);
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         let _guard = lock.acquire();
///         ready.set();
///         changed.notify(1);
///     });
///     let mut guard = lock.acquire();
///     changed.wait_for(&mut guard, || ready.is_set(), None);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "multiprocessing.Condition")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Condition {
    page: Page<ConditionWords>,
}

impl Condition {
    /// Makes a condition that nobody waits for.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor or memory, or does not tell of killed processes.
    pub fn new() -> io::Result<Self> {
        Ok(Self { page: Page::new()? })
    }

    fn turn(&self) -> Turn<'_, ConditionWords> {
        // Whatever was half done is whole: a place is told, or it is not.
        self.page.turn()
    }

    /// Releases the lock, waits until notified, and takes the lock again.
    ///
    /// Entering the queue and releasing the lock are one step for whoever holds the lock next.
    ///
    /// # Panics
    ///
    /// If others wait with another lock, or 16,384 do; the guard is untouched.
    pub fn wait<G: Guard>(&self, guard: &mut G) {
        self.wait_until(guard, Deadline::Never);
    }

    /// Waits as [`wait`](Self::wait) does, at most `timeout`; returns whether it was notified.
    ///
    /// Taking the lock again is not subject to the timeout. Zero releases the lock and takes it
    /// again without sleeping; `Duration::MAX` waits for ever. Notified at the last moment it
    /// returns `true`.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub fn wait_timeout<G: Guard>(&self, guard: &mut G, timeout: Duration) -> bool {
        self.wait_until(guard, Deadline::after(timeout))
    }

    /// Waits until `predicate` holds, at most `timeout` altogether; returns its last answer.
    ///
    /// The predicate runs with the lock held, before the first wait, after each notification, and
    /// once more at the end. `None` and `Duration::MAX` wait for ever; zero evaluates it and does
    /// not wait. If it panics, the lock is held and its guard unharmed.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub fn wait_for<G: Guard>(
        &self,
        guard: &mut G,
        mut predicate: impl FnMut() -> bool,
        timeout: Option<Duration>,
    ) -> bool {
        let deadline = Deadline::after_option(timeout);
        while !predicate() {
            if !self.wait_until(guard, deadline) {
                return predicate();
            }
        }
        true
    }

    fn wait_until<G: Guard>(&self, guard: &mut G, deadline: Deadline) -> bool {
        let at = self.enter(guard.lock_number());
        let levels = guard.suspend(Permission::of_condition());
        let queue = &self.page.words().queue;
        queue.wait(at, deadline, || self.look(NOW_AND_THEN));
        let notified = self.is_notified(at);
        guard.restore(levels, Permission::of_condition());
        if notified {
            // Not before it has the lock: if it is killed until then, another is to be told.
            self.turn().queue.leave(at);
        }
        notified
    }

    /// Whether the wait in this place has ended with a notification; if not, the place is given back.
    fn is_notified(&self, at: usize) -> bool {
        let turn = self.turn();
        // What came at the last moment is kept.
        let notified = turn.queue.place(at).state() == GRANTED;
        if !notified {
            turn.queue.leave(at);
        }
        notified
    }

    /// Takes a place in the queue.
    fn enter(&self, lock: u64) -> usize {
        let differs = |turn: &Turn<'_, ConditionWords>| {
            turn.queue.oldest().is_some() && turn.lock.load(Relaxed) != lock
        };
        let mut turn = self.turn();
        if differs(&turn) {
            // They may all be dead.
            drop(turn);
            self.look(Duration::ZERO);
            turn = self.turn();
        }
        let (wrong, place) = if differs(&turn) {
            (true, None)
        } else {
            turn.lock.store(lock, Relaxed);
            (false, turn.queue.enter(Identity::current(), 0))
        };
        drop(turn);
        assert!(!wrong, "a condition is waited for with two different locks at the same time");
        place.unwrap_or_else(|| panic!("more than {PLACES} threads wait for a condition"))
    }

    /// Looks whether somebody has died who waits, unless that was just done.
    fn look(&self, every: Duration) {
        let turn = self.turn();
        if !turn.queue.is_due(every) {
            return;
        }
        let suspects = turn.queue.owners();
        drop(turn);
        let dead = dead(suspects);
        if !dead.is_empty() {
            self.turn().bury(&dead);
        }
    }

    /// Wakes the `count` threads that have waited longest, or all if they are fewer.
    ///
    /// Zero, or nobody waiting, does nothing: a notification is not kept for later.
    pub fn notify(&self, count: usize) {
        let turn = self.turn();
        turn.notify(count, turn.queue.next_ticket());
    }

    /// Wakes all that wait.
    pub fn notify_all(&self) {
        self.notify(usize::MAX);
    }

    /// Returns the number of threads that wait, in all processes, those not counted of which it is
    /// known that they are dead. The answer may be old when it arrives.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.look(AT_ONCE);
        self.turn().queue.waiting().count()
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

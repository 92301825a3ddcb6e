//! What the two semaphores are: permits, who has them, and who waits for them.
//!
//! Each process that has permits is entered with their number, so that they come back when it dies.
//! `value` is never more than a sum that can be made again: what there is, `total`, without what
//! processes hold. Whoever finds that another was killed in his turn makes it again.

use super::identity::Identity;
use super::page::{Page, Turn, Words};
use super::queue::{AT_ONCE, GRANTED, GRANTING, NOW_AND_THEN, Place, Queue, dead};
use super::recovered::Recovered;
use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::fmt;
use std::io;
use std::mem;
use std::time::Duration;

/// How many processes can have permits at once.
const HOLDERS: usize = 1 << 12;
/// The most permits there can be, as with the semaphores of one process.
pub(super) const MOST: u64 = u64::MAX / 8;

/// A process that has permits, if it has any.
#[repr(C)]
struct Holder {
    pid: AtomicU32,
    born: AtomicU64,
    held: AtomicU64,
}

/// See the file.
#[repr(C)]
pub(super) struct PoolWords {
    tag: AtomicU32,
    /// The last process that died with permits, until somebody is told.
    news: AtomicU32,
    total: AtomicU64,
    value: AtomicU64,
    limit: AtomicU64,
    /// No holder from here on is used.
    top: AtomicU32,
    holders: [Holder; HOLDERS],
    queue: Queue,
}

// SAFETY: P1.
unsafe impl Words for PoolWords {
    const NAME: &'static str = "semaphore of processes";
    const TAG: u32 = 0xcf04;

    fn tag(&self) -> &AtomicU32 {
        &self.tag
    }
}

impl Holder {
    fn identity(&self) -> Identity {
        Identity { pid: self.pid.load(Relaxed), born: self.born.load(Relaxed) }
    }

    fn held(&self) -> u64 {
        self.held.load(Relaxed)
    }
}

impl PoolWords {
    fn used(&self) -> &[Holder] {
        &self.holders[..(self.top.load(Relaxed) as usize).min(HOLDERS)]
    }

    fn value(&self) -> u64 {
        self.value.load(Relaxed)
    }

    fn limit(&self) -> u64 {
        self.limit.load(Relaxed)
    }

    /// The number of a process's entry, a new one if it has none; `None`: there is no room.
    fn slot(&self, who: Identity) -> Option<usize> {
        let known = self.used().iter().position(|h| h.identity() == who);
        known.or_else(|| {
            let free = self.holders.iter().position(|holder| holder.held() == 0)?;
            self.holders[free].pid.store(who.pid, Relaxed);
            self.holders[free].born.store(who.born, Relaxed);
            self.top.fetch_max(free as u32 + 1, Relaxed);
            Some(free)
        })
    }

    /// Makes the value anew. What goes beyond the limit is lost, as it is not to be.
    fn settle(&self) {
        let held = self.used().iter().fold(0_u64, |sum, holder| sum.saturating_add(holder.held()));
        let total = self.total.load(Relaxed).min(held.saturating_add(self.limit()));
        self.total.store(total, Relaxed);
        self.value.store(total.saturating_sub(held), Relaxed);
    }

    /// Takes permits if they are free.
    fn take(&self, who: Identity, want: u64) -> bool {
        if self.value() < want {
            return false;
        }
        let Some(slot) = self.slot(who) else { return false };
        let holder = &self.holders[slot];
        holder.held.store(holder.held().saturating_add(want), Relaxed);
        self.value.store(self.value() - want, Relaxed);
        true
    }

    /// Gives the permits that are free to those that wait, in the order they came.
    fn grant(&self) {
        while let Some(place) = self.queue.oldest() {
            let want = place.want.load(Relaxed);
            let enough = want <= self.value();
            let Some(slot) = enough.then(|| self.slot(place.owner())).flatten() else { return };
            let holder = &self.holders[slot];
            place.note.store(holder.held().saturating_add(want), Relaxed);
            place.slot.store(slot as u32, Relaxed);
            place.mark(GRANTING);
            self.complete(place);
            self.value.store(self.value() - want, Relaxed);
        }
    }

    /// The second half of a grant.
    fn complete(&self, place: &Place) {
        let holder = &self.holders[place.slot.load(Relaxed) as usize % HOLDERS];
        holder.held.store(place.note.load(Relaxed), Relaxed);
        place.settle(GRANTED);
    }

    /// Puts in order what somebody who was killed has left half done.
    fn mend(&self) {
        let half = self.queue.used().filter(|(_, place)| place.state() == GRANTING);
        half.for_each(|(_, place)| self.complete(place));
        self.settle();
        self.grant();
    }

    /// Takes back what these processes had.
    fn bury(&self, dead: &[Identity]) {
        for holder in self.used().iter().filter(|h| h.held() > 0 && dead.contains(&h.identity())) {
            self.news.store(holder.pid.load(Relaxed), Relaxed);
            holder.held.store(0, Relaxed);
        }
        self.queue.clear(dead);
        self.settle();
        self.grant();
    }

    fn suspects(&self) -> Vec<Identity> {
        let holders = self.used().iter().filter(|holder| holder.held() > 0);
        let mut suspects: Vec<Identity> = holders.map(Holder::identity).collect();
        suspects.extend(self.queue.owners());
        suspects
    }
}

/// See the file.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Pool {
    page: Page<PoolWords>,
}

impl Pool {
    pub(super) fn new(permits: usize, limit: u64) -> io::Result<Self> {
        let page = Page::<PoolWords>::new()?;
        let words = page.words();
        words.total.store(permits as u64, Relaxed);
        words.value.store(permits as u64, Relaxed);
        words.limit.store(limit, Relaxed);
        Ok(Self { page })
    }

    fn turn(&self) -> Turn<'_, PoolWords> {
        let turn = self.page.turn();
        if turn.orphaned {
            turn.mend();
        }
        turn
    }

    pub(super) fn value(&self) -> usize {
        self.page.words().value() as usize
    }

    pub(super) fn limit(&self) -> usize {
        self.page.words().limit() as usize
    }

    pub(super) fn waiting(&self) -> usize {
        self.turn().queue.waiting().count()
    }

    /// Waits for permits; `None`: the deadline has passed.
    pub(super) fn acquire(&self, want: usize, deadline: Deadline) -> Option<Permit<'_>> {
        let me = Identity::current();
        let want = want as u64;
        if self.try_take(me, want) {
            return Some(self.permit(me, want));
        }
        self.look(AT_ONCE);
        loop {
            let turn = self.turn();
            if turn.queue.oldest().is_none() && turn.take(me, want) {
                break;
            }
            if deadline.is_now() {
                return None;
            }
            let place = turn.queue.enter(me, want);
            drop(turn);
            match place {
                Some(at) if self.wait(at, deadline) => break,
                None if self.page.words().queue.wait_outside(deadline) => {}
                _ => return None,
            }
        }
        Some(self.permit(me, want))
    }

    fn try_take(&self, me: Identity, want: u64) -> bool {
        let turn = self.turn();
        want == 0 || (turn.queue.oldest().is_none() && turn.take(me, want))
    }

    /// Waits in a place until the permits are there; `false`: they are not.
    fn wait(&self, at: usize, deadline: Deadline) -> bool {
        let queue = &self.page.words().queue;
        queue.wait(at, deadline, || self.look(NOW_AND_THEN));
        let turn = self.turn();
        // What came at the last moment is kept.
        let granted = turn.queue.place(at).state() == GRANTED;
        turn.queue.leave(at);
        if !granted {
            // Others may have waited for this one alone.
            turn.grant();
        }
        granted
    }

    fn permit(&self, owner: Identity, count: u64) -> Permit<'_> {
        let news = &self.page.words().news;
        let told = count > 0 && news.load(Relaxed) != 0;
        let died = if told { news.swap(0, Relaxed) } else { 0 };
        let recovered = (died != 0).then(|| Recovered::from(died));
        Permit { pool: self, count, owner, recovered }
    }

    /// Looks whether somebody has died who has permits or waits, unless that was just done.
    fn look(&self, every: Duration) {
        let turn = self.turn();
        if !turn.queue.is_due(every) {
            return;
        }
        let suspects = turn.suspects();
        drop(turn);
        let dead = dead(suspects);
        if !dead.is_empty() {
            self.turn().bury(&dead);
        }
    }

    /// Adds permits that nobody holds; an error, with the value, if they would be too many.
    pub(super) fn add(&self, count: usize) -> Result<(), usize> {
        let (turn, count) = (self.turn(), count as u64);
        let too_many = turn.value().checked_add(count).is_none_or(|value| value > turn.limit());
        if count > 0 && too_many {
            return Err(turn.value() as usize);
        }
        turn.total.store(turn.total.load(Relaxed).saturating_add(count), Relaxed);
        turn.settle();
        turn.grant();
        Ok(())
    }

    /// Takes permits from their holder: they are free again, or belong to nobody.
    fn take_back(&self, owner: Identity, count: u64, free: bool) {
        if count == 0 || owner != Identity::current() {
            // The copy of a permit in a process that was forked off.
            return;
        }
        let turn = self.turn();
        let Some(holder) = turn.used().iter().find(|h| h.identity() == owner) else { return };
        let count = count.min(holder.held());
        if !free {
            // First, for who is killed now has held them all.
            turn.total.store(turn.total.load(Relaxed).saturating_sub(count), Relaxed);
        }
        holder.held.store(holder.held() - count, Relaxed);
        turn.settle();
        turn.grant();
    }
}

/// Holds permits of a [`Semaphore`](super::Semaphore) or
/// [`BoundedSemaphore`](super::BoundedSemaphore) and gives them back when dropped.
///
/// It belongs to its process, and may be sent to another thread and dropped there. If the process
/// dies the permits come back. In a process that was forked off meanwhile, the copy of a permit
/// holds nothing.
#[must_use = "the permits are given back as soon as this is dropped"]
pub struct Permit<'a> {
    pool: &'a Pool,
    count: u64,
    owner: Identity,
    recovered: Option<Recovered>,
}

impl Permit<'_> {
    /// Returns the number of permits held.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// Returns the news that a process died with permits, which came back; each death is told to
    /// one who acquires after it, and of several at once the last.
    #[must_use]
    pub fn recovered(&self) -> Option<Recovered> {
        self.recovered
    }

    /// Keeps the permits out of the semaphore for good, or until `release` adds as many.
    ///
    /// From then on they belong to no process, and no death brings them back. This turns a permit
    /// into Python's form, where any process may release what another has acquired.
    pub fn forget(self) {
        self.pool.take_back(self.owner, self.count, false);
        mem::forget(self);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.pool.take_back(self.owner, self.count, true);
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("count", &self.count)
            .field("recovered", &self.recovered)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

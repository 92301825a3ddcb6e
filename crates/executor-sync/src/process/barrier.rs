//! A place where a fixed number of threads wait for each other, in whichever processes.

use super::identity::Identity;
use super::page::{Page, Turn, Words};
use super::queue::{AT_ONCE, GRANTED, NOW_AND_THEN, PLACES, Queue, REFUSED, dead};
use crate::deadline::Deadline;
use crate::error::BrokenBarrierError;
use crate::primitives::{AtomicU32, Ordering::Relaxed};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::time::Duration;

#[repr(C)]
struct BarrierWords {
    tag: AtomicU32,
    parties: AtomicU32,
    /// Not zero: it is broken.
    broken: AtomicU32,
    /// What is being done to all that wait, so that another can do it to the end.
    ///
    /// ```text
    ///  NOTHING ── the last arrives ──▶ OPEN ── all are told ──▶ NOTHING
    ///     ├── abort, a timeout, a death ──▶ BREAK ── broken, and all are told ──▶ NOTHING
    ///     └── reset ──▶ RESET ── all are told, and whole ──▶ NOTHING
    /// ```
    step: AtomicU32,
    queue: Queue,
}

const NOTHING: u32 = 0;
const OPEN: u32 = 1;
const BREAK: u32 = 2;
const RESET: u32 = 3;

// SAFETY: P1.
unsafe impl Words for BarrierWords {
    const NAME: &'static str = "process::Barrier";
    const TAG: u32 = 0xcf06;

    fn tag(&self) -> &AtomicU32 {
        &self.tag
    }
}

impl BarrierWords {
    fn is_broken(&self) -> bool {
        self.broken.load(Relaxed) != 0
    }

    fn perform(&self, step: u32) {
        self.step.store(step, Relaxed);
        self.complete();
    }

    /// Does what has been begun, perhaps by somebody who was killed.
    fn complete(&self) {
        let step = self.step.load(Relaxed);
        if step == BREAK {
            self.broken.store(1, Relaxed);
        }
        if step != NOTHING {
            let verdict = if step == OPEN { GRANTED } else { REFUSED };
            self.queue.waiting().for_each(|(_, place)| place.settle(verdict));
        }
        if step == RESET {
            self.broken.store(0, Relaxed);
        }
        self.step.store(NOTHING, Relaxed);
    }

    /// Breaks the barrier if one of these had arrived and waits.
    fn bury(&self, dead: &[Identity]) {
        if self.queue.waiting().any(|(_, place)| dead.contains(&place.owner())) {
            // First, for whoever is killed now must not leave a barrier that has forgotten them.
            self.perform(BREAK);
        }
        self.queue.clear(dead);
    }
}

/// What became of an arrival.
enum Arrival {
    Last,
    Waits(usize),
    Full,
}

/// Lets a fixed number of threads of several processes wait for each other; Python's
/// `multiprocessing.Barrier`.
///
/// It can be used again and again. If a wait times out, one that waits is killed, or somebody calls
/// [`abort`](Self::abort), the barrier is *broken*: all that wait, and all that come later, get
/// [`BrokenBarrierError`] until somebody calls [`reset`](Self::reset).
///
/// There is no action: code does not travel. Who gets the last index, `parties() - 1`, is one of
/// them, and may do what is to be done once.
///
/// # When somebody dies
///
/// A party that is killed after it has arrived can never go on, so the barrier breaks for the
/// others; they look every 50 milliseconds. One that is killed before it arrives is not known to
/// the barrier, which cannot tell who is still to come: whoever must not wait for it for ever uses
/// [`wait_timeout`](Self::wait_timeout), or has somebody who notices the death call
/// [`abort`](Self::abort), as with a failed task's future.
///
/// # Examples
///
/// ```
/// use executor_sync::process::Barrier;
///
/// let barrier = Barrier::new(2)?;
/// let copy = barrier.clone();
/// std::thread::scope(|scope| {
///     scope.spawn(move || copy.wait());
///     assert!(barrier.wait().expect("nobody breaks it") < 2);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "multiprocessing.Barrier")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Barrier {
    page: Page<BarrierWords>,
}

impl Barrier {
    /// Makes a barrier for so many.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor or memory, or does not tell of killed processes.
    ///
    /// # Panics
    ///
    /// If `parties` is zero, or more than 16,384.
    pub fn new(parties: usize) -> io::Result<Self> {
        assert!(parties > 0, "a barrier needs at least one party");
        assert!(parties <= PLACES, "a barrier of processes has at most {PLACES} parties");
        let page = Page::<BarrierWords>::new()?;
        page.words().parties.store(parties as u32, Relaxed);
        Ok(Self { page })
    }

    fn turn(&self) -> Turn<'_, BarrierWords> {
        let turn = self.page.turn();
        if turn.orphaned {
            turn.complete();
        }
        turn
    }

    /// Waits until all parties have arrived; returns the caller's place in the order of arrival,
    /// from 0 to `parties - 1`.
    ///
    /// Woken by the last arrival, [`abort`](Self::abort), [`reset`](Self::reset), another's timeout,
    /// and the death of one that waits.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrierError`] if the barrier is broken, or breaks or is reset while waiting.
    pub fn wait(&self) -> Result<usize, BrokenBarrierError> {
        self.wait_until(Deadline::Never)
    }

    /// Waits as [`wait`](Self::wait) does, at most `timeout`, and breaks the barrier for all if not
    /// everybody has arrived by then.
    ///
    /// Zero passes if the caller is the last to arrive, and else breaks the barrier at once;
    /// `Duration::MAX` waits for ever.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrierError`] if the barrier is broken, breaks, is reset, or the time is up.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, BrokenBarrierError> {
        self.wait_until(Deadline::after(timeout))
    }

    fn wait_until(&self, deadline: Deadline) -> Result<usize, BrokenBarrierError> {
        loop {
            let (index, arrival) = self.arrive()?;
            match arrival {
                Arrival::Last => return Ok(index),
                Arrival::Waits(at) => return self.wait_at(at, deadline).map(|()| index),
                Arrival::Full => {
                    if !self.page.words().queue.wait_outside(deadline) {
                        self.abort();
                    }
                    self.look(NOW_AND_THEN);
                }
            }
        }
    }

    fn arrive(&self) -> Result<(usize, Arrival), BrokenBarrierError> {
        // One who died among those that wait must not be counted.
        self.look(AT_ONCE);
        let turn = self.turn();
        if turn.is_broken() {
            return Err(BrokenBarrierError);
        }
        let index = turn.queue.waiting().count();
        if index + 1 >= self.parties() {
            turn.perform(OPEN);
            return Ok((index, Arrival::Last));
        }
        let place = turn.queue.enter(Identity::current(), index as u64);
        Ok((index, place.map_or(Arrival::Full, Arrival::Waits)))
    }

    fn wait_at(&self, at: usize, deadline: Deadline) -> Result<(), BrokenBarrierError> {
        let queue = &self.page.words().queue;
        queue.wait(at, deadline, || self.look(NOW_AND_THEN));
        let turn = self.turn();
        let state = turn.queue.place(at).state();
        if state != GRANTED && state != REFUSED {
            // First, for if this one is killed now it has arrived.
            turn.perform(BREAK);
        }
        turn.queue.leave(at);
        if state == GRANTED { Ok(()) } else { Err(BrokenBarrierError) }
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

    /// Breaks the barrier: all that wait, and all that come later, get the error.
    pub fn abort(&self) {
        self.turn().perform(BREAK);
    }

    /// Makes the barrier empty and whole again. Those that wait get the error.
    pub fn reset(&self) {
        self.turn().perform(RESET);
    }

    /// Returns whether the barrier is broken. The answer may be old when it arrives.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.page.words().is_broken()
    }

    /// Returns the number of threads that pass together.
    #[must_use]
    pub fn parties(&self) -> usize {
        self.page.words().parties.load(Relaxed) as usize
    }

    /// Returns the number of threads that wait, in all processes. The answer may be old when it
    /// arrives.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.turn().queue.waiting().count()
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier")
            .field("parties", &self.parties())
            .field("broken", &self.broken())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

//! Who waits, in shared memory: a place for each, with a word to sleep on.
//!
//! Every change is made in a turn of the page that the queue is in, so one at a time. Each leaves
//! the queue whole after every single store, for a process can be killed between any two. The one
//! thing done outside a turn is to sleep.
//!
//! The word of a place:
//!
//! ```text
//!  EMPTY ── enter ──▶ WAITING ── grant ──▶ GRANTED ── leave ──▶ EMPTY
//!                        │ │
//!                        │ └── refuse ──▶ REFUSED ── leave ──▶ EMPTY
//!                        └── leave, when the time is up ──▶ EMPTY
//! ```
//!
//! A semaphore goes from WAITING to GRANTED by way of GRANTING, in which it notes who has the
//! permits. A place whose process has died is cleared by the next who looks, which those that wait
//! do now and then.
//!
//! Nothing that is read here is trusted as an index.

use super::bed::{Bed, PATROL};
use super::identity::Identity;
use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, AtomicU64, Ordering::*};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// How many can wait at once. Places that nobody uses take no memory.
pub(super) const PLACES: usize = 1 << 14;

pub(super) const EMPTY: u32 = 0;
pub(super) const WAITING: u32 = 1;
pub(super) const GRANTED: u32 = 2;
pub(super) const REFUSED: u32 = 3;
pub(super) const GRANTING: u32 = 4;

/// How often who comes anew looks for the dead; who waits does so less often.
pub(super) const AT_ONCE: Duration = Duration::from_millis(5);

/// One that waits.
#[repr(C)]
pub(super) struct Place {
    /// See the file.
    state: AtomicU32,
    pid: AtomicU32,
    born: AtomicU64,
    /// Who came first has the smaller one.
    pub(super) ticket: AtomicU64,
    /// How much it waits for, or which number it has.
    pub(super) want: AtomicU64,
    /// What whoever grants notes for the case that he is killed.
    pub(super) note: AtomicU64,
    /// The same.
    pub(super) slot: AtomicU32,
}

/// See the file.
#[repr(C)]
pub(super) struct Queue {
    tickets: AtomicU64,
    /// When somebody looked for the dead, in milliseconds.
    looked: AtomicU64,
    /// No place from here on is used.
    top: AtomicU32,
    /// Never anything but zero: for who finds no place.
    outside: AtomicU32,
    places: [Place; PLACES],
}

impl Place {
    pub(super) fn owner(&self) -> Identity {
        Identity { pid: self.pid.load(Relaxed), born: self.born.load(Relaxed) }
    }

    /// Acquire pairs with the Release in `settle`.
    pub(super) fn state(&self) -> u32 {
        self.state.load(Acquire)
    }

    /// Moves on, for who grants.
    pub(super) fn mark(&self, state: u32) {
        self.state.store(state, Relaxed);
    }

    /// Ends a wait, and wakes who waits.
    pub(super) fn settle(&self, verdict: u32) {
        // Release pairs with the Acquire in `state`.
        self.state.store(verdict, Release);
        self.state.wake_one();
    }
}

impl Queue {
    fn top(&self) -> usize {
        (self.top.load(Relaxed) as usize).min(PLACES)
    }

    pub(super) fn place(&self, at: usize) -> &Place {
        &self.places[at % PLACES]
    }

    /// All places that are used, with their numbers.
    pub(super) fn used(&self) -> impl Iterator<Item = (usize, &Place)> {
        let places = self.places[..self.top()].iter().enumerate();
        places.filter(|(_, place)| place.state.load(Relaxed) != EMPTY)
    }

    /// Those that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (usize, &Place)> {
        self.used().filter(|(_, place)| place.state.load(Relaxed) == WAITING)
    }

    /// Who has waited longest.
    pub(super) fn oldest(&self) -> Option<&Place> {
        let waiting = self.waiting().map(|(_, place)| place);
        waiting.min_by_key(|place| place.ticket.load(Relaxed))
    }

    /// The ticket of the next who comes.
    pub(super) fn next_ticket(&self) -> u64 {
        self.tickets.load(Relaxed)
    }

    /// Takes a place; `None`: all are taken.
    pub(super) fn enter(&self, who: Identity, want: u64) -> Option<usize> {
        let free = |place: &Place| place.state.load(Relaxed) == EMPTY;
        let at = self.places.iter().position(free)?;
        let place = &self.places[at];
        place.pid.store(who.pid, Relaxed);
        place.born.store(who.born, Relaxed);
        place.want.store(want, Relaxed);
        place.ticket.store(self.tickets.fetch_add(1, Relaxed), Relaxed);
        if at >= self.top() {
            self.top.store(at as u32 + 1, Relaxed);
        }
        place.state.store(WAITING, Relaxed);
        Some(at)
    }

    /// Gives a place back.
    pub(super) fn leave(&self, at: usize) {
        self.place(at).state.store(EMPTY, Relaxed);
        let mut top = self.top();
        while top > 0 && self.places[top - 1].state.load(Relaxed) == EMPTY {
            top -= 1;
        }
        self.top.store(top as u32, Relaxed);
    }

    /// Clears the places of processes that have died.
    pub(super) fn clear(&self, dead: &[Identity]) {
        let theirs = self.used().filter(|(_, place)| dead.contains(&place.owner()));
        let theirs: Vec<usize> = theirs.map(|(at, _)| at).collect();
        theirs.into_iter().for_each(|at| self.leave(at));
    }

    /// Waits, in no turn, until the wait in this place has ended; returns its verdict, or WAITING
    /// if the deadline has passed. Looks around now and then by `patrol`.
    pub(super) fn wait(&self, at: usize, deadline: Deadline, mut patrol: impl FnMut()) -> u32 {
        let place = self.place(at);
        loop {
            let state = place.state();
            let over = state != WAITING && state != GRANTING;
            if over || !place.state.sleep(state, deadline) {
                return state;
            }
            if place.state() == state {
                patrol();
            }
        }
    }

    /// Waits a little, in no turn, for a place to become free; `false`: the deadline has passed.
    pub(super) fn wait_outside(&self, deadline: Deadline) -> bool {
        self.outside.sleep(0, deadline)
    }

    /// Whether nobody has looked for the dead for so long; then the caller is to do it.
    pub(super) fn is_due(&self, every: Duration) -> bool {
        let (now, looked) = (milliseconds(), self.looked.load(Relaxed));
        let due = now < looked || now - looked >= every.as_millis() as u64;
        if due {
            self.looked.store(now, Relaxed);
        }
        due
    }

    /// The processes that have places.
    pub(super) fn owners(&self) -> Vec<Identity> {
        self.used().map(|(_, place)| place.owner()).collect()
    }
}

/// How often who waits looks for the dead.
pub(super) const NOW_AND_THEN: Duration = PATROL;

/// Those of them that have died. Asks the system, so this is not done in a turn.
pub(super) fn dead(mut suspects: Vec<Identity>) -> Vec<Identity> {
    let me = Identity::current();
    suspects.sort_unstable();
    suspects.dedup();
    suspects.retain(|suspect| *suspect != me && !suspect.is_alive());
    suspects
}

/// The monotonic clock, which all processes share.
fn milliseconds() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1000 + now.tv_nsec as u64 / 1_000_000
}

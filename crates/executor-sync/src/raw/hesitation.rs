//! How long a waiter keeps away from a lock before it tries again.

use crate::primitives::spin_loop;

/// Pauses before the first try, about; before each further one it is twice as many.
const FIRST: u32 = if cfg!(loom) { 1 } else { 16 };
/// As [`FIRST`], where the lock is not taken again at once.
const SOON: u32 = if cfg!(loom) { 1 } else { 2 };
/// Pauses before the last try, about. All together take no longer than a sleep and a wake.
const LAST: u32 = if cfg!(loom) { 1 } else { 128 };

/// Long pauses of uneven length, for a lock that another core may take again and again.
///
/// Each move of a lock between cores costs both more time than many turns of one of them. Who
/// keeps away for longer lets the other have these turns, and then has as many. Shorter first
/// pauses move the lock more often: with eight threads on two cores, 2 pauses make each acquire
/// up to twice as long as 16.
///
/// Uneven, because even pauses fall in step with the turns of the other core: then one of the two
/// finds the lock free at most tries and the other at few, and for as long as they go on one gets
/// up to twice as much as the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hesitation {
    pauses: u32,
}

impl Hesitation {
    pub(crate) const fn new() -> Self {
        Self { pauses: FIRST }
    }

    /// For the locks inside of other primitives: who has held one goes to sleep, or wakes others,
    /// before it wants the lock again.
    pub(crate) const fn short() -> Self {
        Self { pauses: SOON }
    }

    /// Pauses and returns `true`, or returns `false` at once when it is time to sleep.
    #[inline]
    pub(crate) fn pause(&mut self) -> bool {
        if self.pauses > LAST {
            return false;
        }
        for _ in 0..uneven(self.pauses) {
            spin_loop();
        }
        self.pauses *= 2;
        true
    }
}

/// Returns something from half of `pauses`, a power of two, up to one and a half of it.
#[cfg(not(loom))]
fn uneven(pauses: u32) -> u32 {
    pauses / 2 + noise() % pauses
}

/// A model has to take the same course each time.
#[cfg(loom)]
const fn uneven(pauses: u32) -> u32 {
    pauses
}

/// Returns a number that looks random, by a linear congruence of the thread's own.
#[cfg(not(loom))]
fn noise() -> u32 {
    use crate::primitives::thread_local;
    use std::cell::Cell;

    thread_local! {
        // Has no destructor, so a lock may be taken while other thread locals are being destroyed.
        static STATE: Cell<u32> = const { Cell::new(0) };
    }

    let state = STATE.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    STATE.set(state);
    // The low bits of such numbers come back soon.
    state >> 16
}

#[cfg(all(test, not(loom)))]
mod tests;

//! The mutual exclusion under every lock of this crate.

use crate::deadline::Deadline;
use crate::deadlock::Site;
use crate::primitives::{Ordering, const_unless_loom};
use crate::raw::backoff::Backoff;
use crate::raw::futex::Futex;

/// Nobody holds the lock, and nobody who sleeps is owed a wake.
const FREE: u32 = 0;
/// Somebody holds the lock and nobody sleeps for it.
const HELD: u32 = 1;
/// Somebody holds the lock and others may sleep for it: whoever unlocks wakes one of them.
const CONTENDED: u32 = 2;

/// A three-state lock that any thread may unlock and whose wait can end by a deadline.
///
/// ```text
///          try_lock                  a waiter gives up spinning
///  FREE ─────────────────▶ HELD ─────────────────────────────────▶ CONTENDED
///   ▲                       │                                        │
///   └──────── unlock ───────┘                                        │
///   └──────── unlock, and wake one sleeper ──────────────────────────┘
///  FREE ── lock, by a waiter that gave up spinning ──▶ CONTENDED
/// ```
///
/// The word is std's futex mutex with deadlines added. A waiter enters CONTENDED *before* it
/// looks at its deadline: one that was woken and leaves has thereby passed the wake on, because
/// the holder will wake the next. A word that says CONTENDED with nobody asleep costs one
/// needless wake and is otherwise harmless.
///
/// Not std's own type, which has no timed wait; not parking_lot's, whose sleepers loom cannot
/// see, and no faster in `benches/locks.rs`.
#[derive(Debug)]
pub(crate) struct LockWord {
    state: Futex,
    site: Site,
}

impl LockWord {
    const_unless_loom! {
        pub(crate) fn new(site: Site) -> Self {
            Self { state: Futex::new(FREE), site }
        }
    }

    /// Takes the lock if it is free; never blocks.
    #[inline]
    pub(crate) fn try_lock(&self) -> bool {
        let taken = self.try_lock_word();
        if taken {
            self.site.acquired();
        }
        taken
    }

    /// Waits for the lock; returns `false`, without it, once the deadline has passed.
    #[inline]
    pub(crate) fn lock(&self, deadline: Deadline) -> bool {
        if self.try_lock_word() {
            self.site.acquired();
            return true;
        }
        !deadline.is_now() && self.lock_slow(deadline)
    }

    /// Frees the lock. The caller's word for it that it is held.
    #[inline]
    pub(crate) fn unlock(&self) {
        self.site.released();
        // Release pairs with the Acquire of whoever takes the lock next.
        if self.state.swap(FREE, Ordering::Release) == CONTENDED {
            self.state.wake_one();
        }
    }

    /// Returns whether somebody held the lock a moment ago.
    pub(crate) fn is_locked(&self) -> bool {
        self.state.load(Ordering::Relaxed) != FREE
    }

    #[inline]
    fn try_lock_word(&self) -> bool {
        // Acquire pairs with the Release in `unlock`.
        self.state.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[cold]
    fn lock_slow(&self, deadline: Deadline) -> bool {
        self.site.waiting();
        let taken = self.wait_for_word(deadline);
        if taken {
            self.site.acquired();
        } else {
            self.site.gave_up();
        }
        taken
    }

    fn wait_for_word(&self, deadline: Deadline) -> bool {
        if self.spin() == FREE && self.try_lock_word() {
            return true;
        }
        let mut in_time = true;
        loop {
            // Acquire pairs with the Release in `unlock`.
            if self.state.swap(CONTENDED, Ordering::Acquire) == FREE {
                return true;
            }
            if !in_time {
                return false;
            }
            in_time = self.state.wait(CONTENDED, deadline);
            self.spin();
        }
    }

    /// Spins while the lock is held and nobody sleeps for it; returns the last state seen.
    fn spin(&self) -> u32 {
        let mut backoff = Backoff::new();
        loop {
            let state = self.state.load(Ordering::Relaxed);
            if state != HELD || !backoff.spin() {
                return state;
            }
        }
    }
}

//! The mutual exclusion under every lock of this crate.

use crate::deadline::Deadline;
use crate::deadlock::Site;
use crate::primitives::{Ordering, const_unless_loom};
use crate::raw::futex::Futex;
use crate::raw::hesitation::Hesitation;

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
///  FREE ── lock, by a waiter that gave up spinning or has slept ──▶ CONTENDED
/// ```
///
/// The word is std's futex mutex with deadlines added. A waiter enters CONTENDED *before* it
/// looks at its deadline: one that was woken and leaves has thereby passed the wake on, because
/// the holder will wake the next. A word that says CONTENDED with nobody asleep costs one
/// needless wake and is otherwise harmless. So one that has slept always takes the word as
/// CONTENDED, while it spins as well: it cannot know whether others still sleep.
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
        let taken = self.take(HELD).is_ok();
        if taken {
            self.site.acquired();
        }
        taken
    }

    /// Waits for the lock; returns `false`, without it, once the deadline has passed.
    #[inline]
    pub(crate) fn lock(&self, deadline: Deadline) -> bool {
        self.lock_with(deadline, Hesitation::new())
    }

    /// Waits for the lock as `hesitation` says; returns `false`, without it, once the deadline has
    /// passed.
    #[inline]
    pub(crate) fn lock_with(&self, deadline: Deadline, hesitation: Hesitation) -> bool {
        if self.take(HELD).is_ok() {
            self.site.acquired();
            return true;
        }
        !deadline.is_now() && self.lock_slow(deadline, hesitation)
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

    /// Takes the lock if it is free and leaves the word as `taken`; else returns what it is.
    #[inline]
    fn take(&self, taken: u32) -> Result<(), u32> {
        // Acquire pairs with the Release in `unlock`.
        let word = self.state.compare_exchange(FREE, taken, Ordering::Acquire, Ordering::Relaxed);
        word.map(drop)
    }

    #[cold]
    fn lock_slow(&self, deadline: Deadline, hesitation: Hesitation) -> bool {
        self.site.waiting();
        let taken = self.wait_for_word(deadline, hesitation);
        if taken {
            self.site.acquired();
        } else {
            self.site.gave_up();
        }
        taken
    }

    fn wait_for_word(&self, deadline: Deadline, hesitation: Hesitation) -> bool {
        if self.spin(HELD, hesitation) {
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
            if self.spin(CONTENDED, hesitation) {
                return true;
            }
        }
    }

    /// Tries now and then while nobody sleeps for the lock; returns whether it was taken, which
    /// leaves the word as `taken`.
    ///
    /// It does not look first: a lock that is fought over would be held again by the time it
    /// tries, and a try that fails costs the holder about as much as a look.
    fn spin(&self, taken: u32, mut hesitation: Hesitation) -> bool {
        while hesitation.pause() {
            match self.take(taken) {
                Ok(()) => return true,
                Err(CONTENDED) => return false,
                Err(_) => {}
            }
        }
        false
    }
}

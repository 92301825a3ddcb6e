//! A flag that threads wait for.

use crate::deadline::Deadline;
use crate::primitives::{Ordering, const_unless_loom};
use crate::raw::futex::Futex;
use std::fmt;
use std::time::Duration;

/// The event is set. Entered by `set`, left by `clear`.
const SET: u32 = 1;
/// Somebody may sleep for the next `set`. Entered by a waiter while not SET, left by that `set`.
const WAITERS: u32 = 2;
/// What a `set` that changes the flag adds: the bits above count the times it was set.
const ONE_TIME: u32 = 4;

/// A flag that one thread sets and others wait for; Python's `threading.Event`.
///
/// Waiting for an event that is set costs one load. A thread that waits when [`set`](Self::set)
/// is called returns `true`, even if [`clear`](Self::clear) follows before it gets going.
///
/// # Memory ordering
///
/// What a thread did before `set` is visible to those whose wait it ends, or who see
/// [`is_set`](Self::is_set); also if the event was set already. What it did is also visible after
/// a later `clear`. So a consumer that clears, then looks for work, then waits, misses nothing
/// that a producer made before it called `set`.
///
/// # Examples
///
/// ```
/// use executor_sync::Event;
///
/// let started = Event::new();
/// std::thread::scope(|scope| {
///     scope.spawn(|| started.set());
///     started.wait();
/// });
/// assert!(started.is_set());
/// ```
#[doc(alias = "threading.Event")]
pub struct Event {
    /// ```text
    ///  (n, -) ── a waiter is about to sleep ──▶ (n, WAITERS)
    ///     │                                          │
    ///    set                             set, and wake all
    ///     ▼                                          │
    ///  (n+1, SET) ◀──────────────────────────────────┘
    ///     └── clear ──▶ (n+1, -)
    /// ```
    ///
    /// A waiter's wait is over when it sees SET or another `n` than it came with. The count has
    /// 30 bits: a waiter that is kept from running while the event is set exactly 2^30 times, and
    /// finds it cleared, goes on to wait for the next `set`.
    word: Futex,
}

impl Event {
    const_unless_loom! {
        /// Makes an event that is not set.
        #[must_use]
        pub fn new() -> Self {
            Self { word: Futex::new(0) }
        }
    }

    /// Sets the event and wakes all that wait; no effect on the flag if it is set already.
    pub fn set(&self) {
        // Release pairs with the Acquire of waits and of `clear`. It is needed also when nothing
        // changes, for those that will see this `set` in place of the earlier one.
        let update = self.word.fetch_update(Ordering::Release, Ordering::Relaxed, |word| {
            Some(if word & SET == 0 {
                (word & !WAITERS).wrapping_add(ONE_TIME) | SET
            } else {
                word
            })
        });
        if update.is_ok_and(|before| before & WAITERS != 0) {
            self.word.wake_all();
        }
    }

    /// Clears the event: later waits block until the next [`set`](Self::set).
    ///
    /// Threads that were woken, or are about to be, by an earlier `set` still return `true`.
    pub fn clear(&self) {
        // Acquire pairs with the Release of every earlier `set`.
        self.word.fetch_and(!SET, Ordering::Acquire);
    }

    /// Returns whether the event is set.
    #[inline]
    #[must_use]
    pub fn is_set(&self) -> bool {
        // Acquire pairs with the Release in `set`.
        self.word.load(Ordering::Acquire) & SET != 0
    }

    /// Waits until the event is set; returns at once if it is.
    ///
    /// Woken by [`set`](Self::set).
    #[inline]
    pub fn wait(&self) {
        if !self.is_set() {
            self.wait_slow(Deadline::Never);
        }
    }

    /// Waits until the event is set, at most `timeout`; returns `false` if it was not.
    ///
    /// Woken by [`set`](Self::set). Zero asks [`is_set`](Self::is_set); `Duration::MAX` waits for
    /// ever.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let event = executor_sync::Event::new();
    /// assert!(!event.wait_timeout(Duration::from_millis(1)));
    /// event.set();
    /// assert!(event.wait_timeout(Duration::ZERO));
    /// ```
    #[inline]
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        self.is_set() || (!timeout.is_zero() && self.wait_slow(Deadline::after(timeout)))
    }

    #[cold]
    fn wait_slow(&self, deadline: Deadline) -> bool {
        // Acquire, here and below, pairs with the Release in `set`.
        let mut word = self.word.load(Ordering::Acquire);
        let came_at = word / ONE_TIME;
        let mut in_time = true;
        loop {
            if word & SET != 0 || word / ONE_TIME != came_at {
                return true;
            }
            if !in_time {
                return false;
            }
            match self.announce(word) {
                Ok(announced) => {
                    in_time = self.word.wait(announced, deadline);
                    word = self.word.load(Ordering::Acquire);
                }
                Err(changed) => word = changed,
            }
        }
    }

    /// Says in the word that somebody is about to sleep; returns what it is then, or what it has
    /// changed to instead.
    fn announce(&self, word: u32) -> Result<u32, u32> {
        let announced = word | WAITERS;
        if word != announced {
            self.word.compare_exchange(word, announced, Ordering::Relaxed, Ordering::Acquire)?;
        }
        Ok(announced)
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("set", &self.is_set()).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
#[cfg(all(test, loom))]
mod loom_tests;

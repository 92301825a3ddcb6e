//! One verdict, told once, to one waiter or many.

use crate::deadline::Deadline;
use crate::primitives::{Ordering, const_unless_loom};
use crate::raw::backoff::{Backoff, Patience};
use crate::raw::futex::Futex;

/// No verdict yet, and nobody sleeps.
const OPEN: u32 = 0;
/// No verdict yet, and somebody may sleep: whoever tells the verdict wakes.
const ASLEEP: u32 = 1;
/// Verdicts are this plus what was told; the word never changes again.
const TOLD: u32 = 2;

/// A word that goes from open to told once, and that threads can sleep on until then.
///
/// ```text
///  OPEN ── a waiter stops spinning ──▶ ASLEEP
///   └─ tell ─▶ TOLD + verdict ◀─ tell, and wake all ─┘
/// ```
///
/// Whoever shares it keeps it in an `Arc`: `tell` may still be waking when the waiter has seen
/// the verdict and gone.
#[derive(Debug)]
pub(crate) struct Signal {
    state: Futex,
}

impl Signal {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { state: Futex::new(OPEN) }
        }
    }

    /// Tells the verdict and wakes who sleeps for it. Told twice, the later verdict stands.
    pub(crate) fn tell(&self, verdict: u32) {
        // Release pairs with the Acquire in `verdict`.
        if self.state.swap(TOLD + verdict, Ordering::Release) == ASLEEP {
            self.state.wake_all();
        }
    }

    /// Returns the verdict if it has been told.
    pub(crate) fn verdict(&self) -> Option<u32> {
        // Acquire pairs with the Release in `tell`.
        self.state.load(Ordering::Acquire).checked_sub(TOLD)
    }

    /// Waits for the verdict; `None` once the deadline has passed.
    pub(crate) fn wait(&self, deadline: Deadline, patience: Patience) -> Option<u32> {
        if deadline.is_now() {
            return self.verdict();
        }
        self.spin(patience).or_else(|| self.sleep(deadline))
    }

    fn spin(&self, patience: Patience) -> Option<u32> {
        let mut backoff = Backoff::with(patience);
        loop {
            let verdict = self.verdict();
            if verdict.is_some() || !backoff.spin() {
                return verdict;
            }
        }
    }

    fn sleep(&self, deadline: Deadline) -> Option<u32> {
        // Failing means that the verdict was told or another waiter sleeps: both are seen below.
        let _ = self.state.compare_exchange(OPEN, ASLEEP, Ordering::Relaxed, Ordering::Relaxed);
        loop {
            if let Some(verdict) = self.verdict() {
                return Some(verdict);
            }
            if !self.state.wait(ASLEEP, deadline) {
                return self.verdict();
            }
        }
    }
}

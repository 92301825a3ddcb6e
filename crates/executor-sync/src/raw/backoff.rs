//! How long to spin before sleeping.

use crate::primitives::spin_loop;

/// Doubling pauses: a contender looks ever more rarely, so the holder keeps its cache line.
///
/// Under contention this matters more than the sleep itself. Std spins with a look after every
/// pause and so takes the line from the holder a hundred times; measured with eight threads on
/// two cores, doubling pauses run four times as many critical sections (`benches/locks.rs`).
#[derive(Debug)]
pub(crate) struct Backoff {
    step: u32,
}

impl Backoff {
    /// The last pause is `1 << STEPS` spin hints; loom gains nothing from spinning.
    const STEPS: u32 = if cfg!(loom) { 0 } else { 7 };

    pub(crate) const fn new() -> Self {
        Self { step: 0 }
    }

    /// Pauses and returns `true`, or returns `false` at once when it is time to sleep.
    #[inline]
    pub(crate) fn spin(&mut self) -> bool {
        if self.step == Self::STEPS {
            return false;
        }
        self.step += 1;
        for _ in 0..1 << self.step {
            spin_loop();
        }
        true
    }
}

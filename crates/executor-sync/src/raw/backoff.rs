//! How long to spin before sleeping.

use crate::primitives::spin_loop;
use std::thread::yield_now;

/// What a waiter does before it sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Nothing: whom it waits for needs the core.
    Sleep,
    /// Doubling pauses, for what another core does in less time than a sleep takes.
    Pause,
    /// Pauses, then the core is offered to others a few times: for what takes as long as a wake.
    Yield,
}

impl Patience {
    /// Pauses, and times the core is offered. Loom gains nothing from either.
    const fn steps(self) -> (u32, u32) {
        match self {
            _ if cfg!(loom) => (0, 0),
            Self::Sleep => (0, 0),
            Self::Pause => (7, 0),
            Self::Yield => (7, 10),
        }
    }
}

/// Doubling pauses: a contender looks ever more rarely, so the holder keeps its cache line.
///
/// Under contention this matters more than the sleep itself. Std spins with a look after every
/// pause and so takes the line from the holder a hundred times; with eight threads on two idle
/// cores, doubling pauses run about three times as many critical sections (`benches/locks.rs`).
#[derive(Debug)]
pub(crate) struct Backoff {
    step: u32,
    pauses: u32,
    yields: u32,
}

impl Backoff {
    /// The usual patience: pauses only.
    pub(crate) const fn new() -> Self {
        Self::with(Patience::Pause)
    }

    pub(crate) const fn with(patience: Patience) -> Self {
        let (pauses, yields) = patience.steps();
        Self { step: 0, pauses, yields }
    }

    /// Pauses and returns `true`, or returns `false` at once when it is time to sleep.
    #[inline]
    pub(crate) fn spin(&mut self) -> bool {
        if self.step == self.pauses + self.yields {
            return false;
        }
        self.step += 1;
        if self.step > self.pauses {
            yield_now();
            return true;
        }
        for _ in 0..1 << self.step {
            spin_loop();
        }
        true
    }
}

use std::time::{Duration, Instant};

use crate::primitives::{Rounds, Spun, spin_until};

/// Whether it pays to look out for a moment before sleeping: only while what is awaited keeps
/// coming soon.
#[derive(Debug)]
pub(crate) struct Patience {
    soon: bool,
}

/// What came within this time was worth looking out for.
const SOON: Duration = Duration::from_micros(150);
/// Yields between the looks, so that a machine that has other things to do is not kept from them.
const LOOKS: Rounds = Rounds { pauses: 0, yields: 100, counted: false };

impl Patience {
    pub(crate) fn new() -> Self {
        Self { soon: false }
    }

    /// Looks out for a moment; true: it has come.
    pub(crate) fn wait(&self, come: impl FnMut() -> bool) -> bool {
        self.soon && spin_until(LOOKS, come) != Spun::InVain
    }

    pub(crate) fn about_to_sleep(&self) -> Instant {
        Instant::now()
    }

    /// It came after a sleep that began at `since`.
    pub(crate) fn woke(&mut self, since: Instant) {
        self.soon = since.elapsed() < SOON;
    }
}

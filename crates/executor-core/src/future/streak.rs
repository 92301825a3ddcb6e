use std::time::{Duration, Instant};

/// Waits of one thread in a row, without a new task in between: are they so short that being woken
/// costs more than what is awaited?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Streak {
    waits: u32,
    /// When the second wait began.
    since: Option<Instant>,
}

/// After so many waits it is known how long one takes.
const MANY: u32 = 32;
/// How long a wait may take, on average, to be short.
const SHORT: Duration = Duration::from_micros(100);
/// What is known holds for so many waits; then they are measured anew.
const LASTS: u32 = 1024;

impl Streak {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self { waits: 0, since: None }
    }

    /// One more wait begins, at a moment that is asked for only now and then.
    pub(super) fn extended(self, now: impl FnOnce() -> Instant) -> Self {
        let waits = self.waits + 1;
        match waits {
            2 => Self { waits, since: Some(now()) },
            MANY if self.since.is_some_and(|since| now() - since > SHORT * MANY) => Self::first(),
            LASTS => Self::first(),
            _ => Self { waits, ..self },
        }
    }

    fn first() -> Self {
        Self { waits: 1, since: None }
    }

    /// There were many, and they were short.
    pub(super) fn is_brisk(self) -> bool {
        self.waits >= MANY
    }
}

#[cfg(test)]
mod tests;

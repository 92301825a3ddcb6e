use std::time::{Duration, Instant};

/// Waits of one thread in a row, without a new task in between: do results come so fast that it
/// pays to sleep until many of them are there?
///
/// Such a nap is a small share of what the streak has taken, so that nobody waits much longer for
/// the last result than he had to; and it is over when it ends, whether or not results have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Streak {
    /// When the second wait began.
    since: Option<Instant>,
    /// How many results were taken; those that were waited for, and those that were there.
    results: u32,
    /// For the wait that has just begun.
    nap: Option<Duration>,
}

/// A nap takes one part in so many of what the streak has taken.
const PARTS: u32 = 16;
/// Alarm clocks are too coarse for less.
const SHORTEST: Duration = Duration::from_micros(50);
const LONGEST: Duration = Duration::from_millis(1);
/// As many results as are to come during a nap.
const MANY: u32 = 8;
/// If fewer came, results do not come by themselves: perhaps they are of tasks that somebody makes
/// once he is told of the result before.
const FEW: u32 = 4;

impl Streak {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self { since: None, results: 0, nap: None }
    }

    /// One more wait begins, at a moment that is asked for only if it matters; so many results were
    /// taken without a wait since the one before.
    pub(super) fn extended(self, taken: u32, now: impl FnOnce() -> Instant) -> Self {
        let Some(since) = self.since else {
            // A round trip has one wait, and is not to pay for a look at the clock.
            let since = (self.results > 0).then(now);
            return Self { since, results: 1, nap: None };
        };
        if self.nap.is_some() && taken < FEW {
            return Self::new();
        }
        let results = self.results.saturating_add(taken + 1);
        let nap = (results >= PARTS * MANY).then(|| nap(now() - since, results)).flatten();
        Self { nap, results, ..self }
    }

    /// How long to sleep before anything else is tried.
    pub(super) fn nap(self) -> Option<Duration> {
        self.nap
    }
}

/// A nap for a streak in which so many results took so long.
fn nap(elapsed: Duration, results: u32) -> Option<Duration> {
    let nap = (elapsed / PARTS).min(LONGEST);
    let enough_come = elapsed / results * MANY <= nap;
    (nap >= SHORTEST && enough_come).then_some(nap)
}

#[cfg(test)]
mod tests;

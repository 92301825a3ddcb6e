//! How much to measure.

use std::time::Duration;

/// The choices of the person who measures, the same for every workload and every peer.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Workers of every pool, threads or processes.
    pub(crate) workers: usize,
    /// A tenth of the work.
    pub(crate) quick: bool,
    /// The Python interpreter that runs the peers from its world.
    pub(crate) python: String,
}

impl Plan {
    /// The fewest timed rounds after the warm-up, quick or not: fewer would make a median of noise.
    pub(crate) const ROUNDS: usize = 7;
    /// The most of them.
    pub(crate) const MOST_ROUNDS: usize = 21;
    /// There are more than the fewest as long as all of them take no longer than this: what is over
    /// soon is most at the mercy of the machine.
    const FOR_ROUNDS: Duration = Duration::from_secs(5);

    /// How many timed rounds follow a warm-up round that took so long.
    pub(crate) fn rounds(&self, warm_up: Duration) -> usize {
        let most = if self.quick { Self::ROUNDS } else { Self::MOST_ROUNDS };
        let fit = Self::FOR_ROUNDS.as_nanos() / warm_up.as_nanos().max(1);
        // An odd number has a middle.
        usize::try_from(fit).unwrap_or(most).clamp(Self::ROUNDS, most) | 1
    }

    /// The amount of work for one turn: `full`, or a tenth of it.
    pub(crate) fn amount(&self, full: u64) -> u64 {
        if self.quick { (full / 10).max(1) } else { full }
    }

    /// How it is measured, in words.
    pub(crate) fn method(&self) -> String {
        let (least, most) = (Self::ROUNDS, Self::MOST_ROUNDS);
        let rounds = match self.quick {
            true => format!("quick: a tenth of the work, {least} rounds"),
            false => format!("{least} to {most} rounds, those that are over soon more of them,"),
        };
        let workers = self.workers;
        format!("{workers} workers, {rounds} in turn after a warm-up, median (min .. max)")
    }
}

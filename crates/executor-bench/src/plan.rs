//! How much to measure.

use std::time::Duration;

/// The choices of the person who measures, the same for every workload and every peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Workers of every pool, threads or processes.
    pub(crate) workers: usize,
    /// A tenth of the work.
    pub(crate) quick: bool,
    /// The Python interpreter that runs the peers from its world.
    pub(crate) python: String,
}

impl Plan {
    /// The rounds before the timed ones. In the first, memory is taken from the system anew for each
    /// contender; after the second, they all run on what this process has.
    pub(crate) const WARM_UPS: usize = 2;
    /// The timed rounds of a pass.
    pub(crate) const ROUNDS: usize = 3;
    /// The fewest passes of a workload, unless it is measured once or all of it is quick.
    pub(crate) const PASSES: usize = 3;
    /// The most of them.
    pub(crate) const MOST_PASSES: usize = 21;
    /// There are more than the fewest as long as all of them take no longer than this: what is over
    /// soon is most at the mercy of the machine.
    const FOR_PASSES: Duration = Duration::from_secs(130);

    /// How many passes there are of a workload whose first one took so long.
    pub(crate) fn passes(&self, first: Duration) -> usize {
        if self.quick {
            return 1;
        }
        let fit = Self::FOR_PASSES.as_nanos() / first.as_nanos().max(1);
        let most = Self::MOST_PASSES;
        // An odd number has a middle.
        let odd = usize::try_from(fit).unwrap_or(most).saturating_sub(1) | 1;
        odd.clamp(Self::PASSES, most)
    }

    /// How long a turn should work at the least. Two bursts of the same pool may differ by a factor
    /// of two, as threads meet in their ways: what takes a twentieth of a second is repeated, for
    /// its turn to tell the mean.
    pub(crate) fn at_least(&self) -> Duration {
        if self.quick { Duration::ZERO } else { Duration::from_millis(200) }
    }

    /// The amount of work for one turn: `full`, or a tenth of it.
    pub(crate) fn amount(&self, full: u64) -> u64 {
        if self.quick { (full / 10).max(1) } else { full }
    }

    /// How it is measured, in words.
    pub(crate) fn method(&self) -> String {
        let Self { workers, quick, .. } = self;
        let (rounds, least, most) = (Self::ROUNDS, Self::PASSES, Self::MOST_PASSES);
        let passes = match quick {
            true => "quick: a tenth of the work, 1 pass".to_owned(),
            false => format!("{least} to {most} passes, those that are over soon more of them"),
        };
        format!(
            "{workers} workers, {passes}, each pass a process of its own with {rounds} rounds in \
             turn after two to warm up, median (min .. max)"
        )
    }
}

#[cfg(test)]
mod tests;

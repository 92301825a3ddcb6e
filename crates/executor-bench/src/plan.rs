//! How much to measure.

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
    /// Timed rounds after the warm-up, quick or not: fewer would make a median of noise.
    pub(crate) const ROUNDS: usize = 7;

    /// The amount of work for one turn: `full`, or a tenth of it.
    pub(crate) fn amount(&self, full: u64) -> u64 {
        if self.quick { (full / 10).max(1) } else { full }
    }

    /// How it is measured, in words.
    pub(crate) fn method(&self) -> String {
        format!(
            "{} workers, {} rounds in turn after a warm-up, median (min .. max){}",
            self.workers,
            Self::ROUNDS,
            if self.quick { "; quick: a tenth of the work" } else { "" },
        )
    }
}

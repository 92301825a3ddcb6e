use serde::{Deserialize, Serialize};

use crate::figures::Figures;

/// What a turn took, by this program and its worker processes together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Time on a core, in seconds; of worker processes, in steps of the kernel's clock.
    pub(crate) cpu_seconds: f64,
    /// How much memory was held at the most, beyond what was held when the turn began; a worker
    /// process that began in it counts whole. `None` where the kernel does not let us ask.
    pub(crate) peak_bytes: Option<u64>,
    /// Context switches, whoever asked for them.
    pub(crate) switches: u64,
}

impl Usage {
    /// What each of so many repetitions took; the memory is held by each of them.
    pub(crate) fn of_one(self, times: u64) -> Self {
        let cpu_seconds = self.cpu_seconds / times as f64;
        Self { cpu_seconds, switches: self.switches / times, ..self }
    }
}

/// The medians of several turns after those to warm up, so many; and the largest peak of all,
/// because what a pool takes in the first turn is still there in the others.
pub(crate) fn typical(turns: &[Usage], warm_ups: usize) -> Option<Usage> {
    (turns.len() > warm_ups).then(|| medians_and_peak(&turns[warm_ups..], turns))
}

/// What is typical of a turn in several passes: the medians of them, and the largest peak.
pub(crate) fn of_passes(passes: &[Usage]) -> Option<Usage> {
    (!passes.is_empty()).then(|| medians_and_peak(passes, passes))
}

fn medians_and_peak(timed: &[Usage], all: &[Usage]) -> Usage {
    let median =
        |of: fn(&Usage) -> f64| Figures::from(timed.iter().map(of).collect::<Vec<_>>()).median();
    Usage {
        cpu_seconds: median(|usage| usage.cpu_seconds),
        peak_bytes: all.iter().filter_map(|usage| usage.peak_bytes).max(),
        switches: median(|usage| usage.switches as f64) as u64,
    }
}

/// Gives memory that was freed back to the system, before a warm-up turn, so that what it adds
/// at its peak is its own.
///
/// Not before a turn that counts: that would run on memory which the kernel has to find again
/// page by page, and a program that goes on does not.
pub(crate) fn give_memory_back() {
    #[cfg(target_os = "linux")]
    super::system::give_memory_back();
}

/// Reads the counters before and after.
#[cfg(not(target_os = "linux"))]
pub(crate) struct Meter;

#[cfg(not(target_os = "linux"))]
impl Meter {
    /// Begins.
    pub(crate) fn start() -> Self {
        Self
    }

    /// Nobody tells here.
    pub(crate) fn stop(self) -> Option<Usage> {
        None
    }
}

#[cfg(target_os = "linux")]
pub(crate) use linux::Meter;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;

    use super::super::family::{self, Relative};
    use super::super::system;
    use super::Usage;

    /// Reads the counters before and after.
    pub(crate) struct Meter {
        used: system::Used,
        /// What each process of the family held, if the kernel counts its peak from now on.
        held: Option<HashMap<u32, u64>>,
    }

    impl Meter {
        /// Begins.
        pub(crate) fn start() -> Self {
            let relatives = family::descendants();
            let held = pids(&relatives)
                .map(|pid| family::forget_peak(pid).then(|| (pid, family::resident(pid))));
            Self { held: held.collect(), used: used_so_far(&relatives) }
        }

        /// What was used since then.
        pub(crate) fn stop(self) -> Option<Usage> {
            let relatives = family::descendants();
            let used = used_so_far(&relatives);
            let grown = |held: HashMap<u32, u64>| {
                let growth = |pid| {
                    let before = held.get(&pid).copied().unwrap_or(0);
                    family::peak(pid).saturating_sub(before)
                };
                pids(&relatives).map(growth).sum()
            };
            Some(Usage {
                cpu_seconds: (used.cpu_seconds - self.used.cpu_seconds).max(0.0),
                peak_bytes: self.held.map(grown),
                switches: used.switches.saturating_sub(self.used.switches),
            })
        }
    }

    fn pids(relatives: &[Relative]) -> impl Iterator<Item = u32> {
        let below = relatives.iter().map(|process| process.pid);
        std::iter::once(std::process::id()).chain(below)
    }

    fn used_so_far(living: &[Relative]) -> system::Used {
        let (own, dead) = (system::used_by_this(), system::used_by_the_dead());
        let switches = living.iter().map(|process| family::switches(process.pid));
        let cpu = living.iter().map(|process| process.cpu_seconds);
        system::Used {
            cpu_seconds: own.cpu_seconds + dead.cpu_seconds + cpu.sum::<f64>(),
            switches: own.switches + dead.switches + switches.sum::<u64>(),
        }
    }
}

#[cfg(test)]
mod tests;

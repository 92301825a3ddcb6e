use serde::{Deserialize, Serialize};

use crate::machine::Machine;
use crate::progress;

use super::list::{Effort, matching};
use super::sweep::Sweep;

/// All sweeps, with the machine they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Growth {
    pub(crate) machine: Machine,
    pub(crate) sweeps: Vec<Sweep>,
}

/// Measures the sweeps whose name contains `filter`.
///
/// # Errors
///
/// There is none.
pub(crate) fn run(quick: bool, filter: Option<&str>, workers: usize) -> Result<Growth, String> {
    let chosen = matching(filter)?;
    let effort = Effort { quick, workers };
    let (rounds, fewer) = (effort.rounds(0), effort.rounds(u64::MAX));
    let method = format!(
        "{workers} workers where it is something else that grows, {rounds} rounds in turn after a \
         warm-up ({fewer} from a million tasks on), medians; memory is what a turn adds at its peak, \
         the most of all turns; the start is that of a pool and of its first 2,000 tasks",
    );
    progress::begin(chosen.len());
    let mut growth = Growth { machine: Machine::here(&[], method), sweeps: Vec::new() };
    for subject in chosen {
        growth.sweeps.push(subject.run(effort));
        progress::done();
    }
    Ok(growth)
}

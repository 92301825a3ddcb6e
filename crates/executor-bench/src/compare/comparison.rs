use serde::{Deserialize, Serialize};

use crate::figures::Figures;
use crate::machine::Machine;

use super::cell::{Cell, Spec};
use super::directory::Directory;
use super::venue::Place;
use super::work::Kind;

/// Everything that was measured, with the machine it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Comparison {
    pub(crate) machine: Machine,
    /// The number of workers that most cells have.
    pub(crate) workers: usize,
    pub(crate) cells: Vec<Cell>,
    /// From the call that makes a pool of one worker to its first result.
    pub(crate) starts: Vec<Start>,
    pub(crate) directory: Option<Directory>,
    /// What could not be measured, and why.
    pub(crate) absent: Vec<String>,
}

/// How long a new pool's first result takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) place: Place,
    pub(crate) nanos: Figures,
}

impl Comparison {
    /// The cells of one kind with the usual number of workers and that payload, by size.
    pub(crate) fn by_size(&self, kind: Kind, payload: u64) -> Vec<&Cell> {
        let wanted =
            |spec: &Spec| (spec.kind, spec.payload, spec.workers) == (kind, payload, self.workers);
        let mut cells: Vec<&Cell> = self.cells.iter().filter(|cell| wanted(&cell.spec)).collect();
        cells.sort_by_key(|cell| cell.spec.nanos);
        cells
    }

    /// The payloads that CPU-bound tasks were measured with, in ascending order.
    pub(crate) fn payloads(&self) -> Vec<u64> {
        let mut payloads: Vec<u64> = self.cells.iter().map(|cell| cell.spec.payload).collect();
        payloads.sort_unstable();
        payloads.dedup();
        payloads
    }

    /// What share of the ideal a place reaches: as many tasks at a time as there are workers with a
    /// core, each as quick as one after another on the caller. NaN where that is not known.
    pub(crate) fn efficiency(&self, cell: &Cell, place: Place) -> f64 {
        let Spec { kind, nanos, workers, .. } = cell.spec;
        let alike = |other: &&Cell| {
            (other.spec.kind, other.spec.nanos, other.spec.payload) == (kind, nanos, 0)
                && other.take(Place::Sequential).is_some()
        };
        let alone = self.cells.iter().find(alike);
        let alone = alone.map_or(f64::NAN, |cell| cell.per_task(Place::Sequential));
        let at_a_time = match place {
            Place::Sequential => 1,
            _ => kind.at_a_time(workers, self.machine.cores),
        };
        alone / at_a_time as f64 / cell.per_task(place)
    }
}

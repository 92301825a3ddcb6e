use std::time::Duration;

use crate::choice::{Named, choose};

use super::cell::{Effort, Spec};
use super::venue::Place;
use super::work::Kind;

/// A part of the comparison that can be chosen by name.
#[derive(Debug)]
pub(crate) struct Part {
    name: &'static str,
    about: &'static str,
    pub(super) what: What,
}

/// What a part measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Sizes,
    Payloads,
    Workers,
    Start,
    Directory,
}

impl Named for Part {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }
}

static ALL: [Part; 5] = [
    Part { name: "sizes", about: "every kind of task, from 1 us to 100 ms", what: What::Sizes },
    Part { name: "payloads", about: "arguments of 1 KiB to 64 MiB", what: What::Payloads },
    Part { name: "workers", about: "one worker to twice the cores", what: What::Workers },
    Part { name: "start", about: "a new pool to its first result", what: What::Start },
    Part { name: "directory", about: "words and SHA-256 of real files", what: What::Directory },
];

/// All parts.
pub(crate) fn all() -> &'static [Part] {
    &ALL
}

/// The parts whose name contains `filter`; all of them without one.
///
/// # Errors
///
/// No name contains it: the message lists the names there are.
pub(crate) fn matching(filter: Option<&str>) -> Result<Vec<&'static Part>, String> {
    choose(&ALL, "part of the comparison", filter)
}

const US: u64 = 1_000;
const MS: u64 = 1_000_000;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// Which cells there are, and how long each takes.
#[derive(Debug)]
pub(super) struct Grid {
    sizes: Vec<u64>,
    payloads: Vec<u64>,
    /// As many as there are cores, unless somebody says otherwise.
    usual: usize,
    others: Vec<usize>,
    pub(super) effort: Effort,
}

impl Grid {
    /// All of it takes less than ten minutes, a quick one less than one.
    pub(super) fn new(quick: bool, cores: usize, workers: Option<usize>) -> Self {
        let usual = workers.unwrap_or(cores);
        let mut others = if workers.is_some() { vec![] } else { vec![1, 2 * cores] };
        others.retain(|&count| count != usual);
        let (sizes, payloads, millis, rounds) = if quick {
            (vec![US, 100 * US, 10 * MS], vec![64 * KIB, 4 * MIB], 15, 3)
        } else {
            let sizes = vec![US, 10 * US, 100 * US, MS, 10 * MS, 100 * MS];
            (sizes, vec![KIB, 64 * KIB, MIB, 16 * MIB, 64 * MIB], 50, 15)
        };
        let effort = Effort { burst: Duration::from_millis(millis), rounds };
        Self { sizes, payloads, usual, others, effort }
    }

    /// The cells of a part, and where each is measured.
    pub(super) fn cells(&self, what: What) -> Vec<(Spec, &'static [Place])> {
        const POOLS: &[Place] = &[Place::Threads, Place::Processes];
        match what {
            What::Sizes => {
                let sized = |kind| self.sizes.iter().map(move |&nanos| (kind, nanos));
                let specs = Kind::ALL.into_iter().flat_map(sized);
                specs.map(|(kind, nanos)| (self.spec(kind, nanos, 0), &Place::ALL[..])).collect()
            }
            What::Payloads => {
                let sized = |&payload| self.sizes.iter().map(move |&nanos| (payload, nanos));
                let specs = self.payloads.iter().flat_map(sized);
                specs
                    .map(|(payload, nanos)| (self.spec(Kind::Cpu, nanos, payload), POOLS))
                    .collect()
            }
            What::Workers => {
                let crewed = |kind| self.others.iter().map(move |&workers| (kind, workers));
                let specs = Kind::ALL.into_iter().flat_map(crewed);
                let spec = |(kind, workers)| Spec { workers, ..self.spec(kind, MS, 0) };
                specs.map(|crew| (spec(crew), &Place::ALL[..])).collect()
            }
            What::Start | What::Directory => Vec::new(),
        }
    }

    fn spec(&self, kind: Kind, nanos: u64, payload: u64) -> Spec {
        Spec { kind, nanos, payload, workers: self.usual }
    }

    /// The number of workers that most cells have.
    pub(super) fn usual_workers(&self) -> usize {
        self.usual
    }

    /// How it is measured, in words.
    pub(super) fn method(&self) -> String {
        let Effort { burst, rounds } = self.effort;
        format!(
            "{} workers unless said otherwise, bursts of about {} ms, {rounds} rounds in turn after \
             a warm-up, medians; a payload is the argument's, the result is a number",
            self.usual,
            burst.as_millis(),
        )
    }
}

#[cfg(test)]
mod tests;

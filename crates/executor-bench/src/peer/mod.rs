//! The pools that are compared, each in its own file and written as its own documents recommend.

mod affinitypool;
mod ours;
mod rayon;
mod rusty_pool;
mod threadpool;
mod tokio_blocking;
mod tokio_spawn;

use std::ops::Range;

use crate::cost::Task;
use crate::measure::Role;

/// A pool of threads that hands out a result for every task.
pub(crate) trait Peer: Sync {
    /// Submits a task for each argument, then takes every result; returns their sum.
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64;

    /// Submits one task and takes its result before it asks for the next argument.
    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64;
}

/// A pool that can be started.
pub(crate) struct Kind {
    /// Name in the table.
    pub(crate) name: &'static str,
    /// Ours or a peer.
    pub(crate) role: Role,
    /// Starts it with so many workers.
    pub(crate) start: fn(usize) -> Box<dyn Peer>,
}

impl Kind {
    const fn peer(name: &'static str, start: fn(usize) -> Box<dyn Peer>) -> Self {
        Self {
            name,
            role: Role::Peer,
            start,
        }
    }
}

/// Ours first, then the peers in the order of the table.
pub(crate) const ALL: [Kind; 7] = [
    Kind {
        name: "ours",
        role: Role::Ours,
        start: ours::start,
    },
    Kind::peer("threadpool", threadpool::start),
    Kind::peer("rayon", rayon::start),
    Kind::peer("tokio blocking", tokio_blocking::start),
    Kind::peer("tokio spawn", tokio_spawn::start),
    Kind::peer("affinitypool", affinitypool::start),
    Kind::peer("rusty_pool", rusty_pool::start),
];

/// The sum of all results; it wraps, as the tasks' results may be anything.
fn sum(results: impl Iterator<Item = u64>) -> u64 {
    results.fold(0, u64::wrapping_add)
}

use std::ops::Range;

use concurrent_futures::multiprocessing::SharedSlice;

use crate::cost::Task;

/// A pool that hands out a result for every task.
pub(crate) trait Peer: Sync {
    /// Submits a task for each argument, then takes every result; returns their sum.
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64;

    /// Submits one task and takes its result before it asks for the next argument.
    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64;

    /// How many of so many tasks it gets in a turn: fewer if it is so slow that they would take
    /// all day.
    fn fewer(&self, tasks: u64) -> u64 {
        tasks
    }
}

/// The sum of all results; it wraps, as the tasks' results may be anything.
pub(super) fn sum(results: impl Iterator<Item = u64>) -> u64 {
    results.fold(0, u64::wrapping_add)
}

/// A pool of worker processes.
pub(crate) trait ProcessPool: Peer {
    /// Sends `bytes` to a worker and takes them back.
    fn echo(&self, bytes: Vec<u8>) -> Vec<u8>;

    /// Holds every worker until the file `gate` is gone, queues a task for each argument behind
    /// that, calls `queued` when all of them are in the queue and the gate may go, and takes every
    /// result in the order of submission; returns their sum.
    fn run_behind(&self, gate: &str, arguments: Range<u64>, queued: &mut dyn FnMut()) -> u64;
}

/// What only ours is asked to do.
pub(crate) trait OurProcesses: ProcessPool {
    /// The sum of the ordered map of `task` over `items`, with chunks as the library chooses them.
    fn map(&self, items: Range<u64>, task: Task) -> u64;

    /// The process of one worker.
    fn worker_pid(&self) -> u32;

    /// Submits a task until one has a result, for one that had begun in a worker that is killed
    /// dies with it; returns the process that answered.
    fn answer(&self) -> u32;

    /// Gives each worker this many tasks that look at both ends of numbers they share.
    fn share(&self, numbers: &SharedSlice<u64>, tasks: u64) -> u64;

    /// The same with copies of the numbers, one task after the other.
    fn copy(&self, numbers: &[u64], tasks: u64) -> u64;
}

/// How a worker process of ours is started.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StartMethod {
    /// The program is executed anew for each worker.
    Spawn,
    /// A process that was executed once forks the workers.
    ForkServer,
}

/// A worker that is held looks this often whether its gate is gone.
pub(super) fn held_by(gate: String) -> u64 {
    while std::path::Path::new(&gate).exists() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    0
}

/// A task that hands back what it was given.
pub(super) fn same<T>(value: T) -> T {
    value
}

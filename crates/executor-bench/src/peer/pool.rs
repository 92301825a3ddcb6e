use std::ops::Range;

use crate::cost::Task;

/// A pool of threads that hands out a result for every task.
pub(crate) trait Peer: Sync {
    /// Submits a task for each argument, then takes every result; returns their sum.
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64;

    /// Submits one task and takes its result before it asks for the next argument.
    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64;
}

/// The sum of all results; it wraps, as the tasks' results may be anything.
pub(super) fn sum(results: impl Iterator<Item = u64>) -> u64 {
    results.fold(0, u64::wrapping_add)
}

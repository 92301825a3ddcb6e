//! rayon's `spawn_fifo` with a `oneshot` channel for the result.

use std::ops::Range;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::cost::Task;

use super::pool::{Peer, sum};

pub(super) fn start(workers: usize) -> Box<dyn Peer> {
    let pool = ThreadPoolBuilder::new().num_threads(workers).build();
    Box::new(Pool(pool.expect("rayon starts its threads")))
}

struct Pool(ThreadPool);

impl Peer for Pool {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let results: Vec<_> = arguments.map(|n| submit(&self.0, n, task)).collect();
        sum(results.into_iter().map(take))
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        sum(arguments.map(|n| take(submit(&self.0, n, task))))
    }
}

fn submit(pool: &ThreadPool, n: u64, task: Task) -> oneshot::Receiver<u64> {
    let (sender, receiver) = oneshot::channel();
    pool.spawn_fifo(move || {
        let _ = sender.send(task(n));
    });
    receiver
}

fn take(result: oneshot::Receiver<u64>) -> u64 {
    result.recv().expect("the tasks of a benchmark do not fail")
}

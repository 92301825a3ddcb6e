//! This library: `spawn`, then `result`.

use std::ops::Range;

use concurrent_futures::{Future, ThreadPoolExecutor};

use crate::cost::Task;

use super::pool::{Peer, sum};

pub(crate) fn start(workers: usize) -> Box<dyn Peer> {
    Box::new(Ours(ThreadPoolExecutor::new(workers).expect("a pool with at least one worker")))
}

struct Ours(ThreadPoolExecutor);

impl Peer for Ours {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let futures: Vec<_> = arguments.map(|n| self.0.spawn(move || task(n))).collect();
        sum(futures.into_iter().map(take))
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        sum(arguments.map(|n| take(self.0.spawn(move || task(n)))))
    }
}

fn take(future: Future<u64>) -> u64 {
    future.result().expect("the tasks of a benchmark do not fail")
}

//! `threadpool` with a `oneshot` channel for the result, as its documents show with a channel.

use std::ops::Range;

use threadpool::ThreadPool;

use crate::cost::Task;

use super::pool::{Peer, sum};

pub(super) fn start(workers: usize) -> Box<dyn Peer> {
    Box::new(Pool(std::sync::Mutex::new(ThreadPool::new(workers))))
}

/// Behind a lock only because `ThreadPool` is not `Sync`: each producer takes a clone, once.
struct Pool(std::sync::Mutex<ThreadPool>);

impl Pool {
    fn for_this_thread(&self) -> ThreadPool {
        self.0.lock().expect("nobody panics while it is held").clone()
    }
}

impl Peer for Pool {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let pool = self.for_this_thread();
        let results: Vec<_> = arguments.map(|n| submit(&pool, n, task)).collect();
        sum(results.into_iter().map(take))
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        let pool = self.for_this_thread();
        sum(arguments.map(|n| take(submit(&pool, n, task))))
    }
}

fn submit(pool: &ThreadPool, n: u64, task: Task) -> oneshot::Receiver<u64> {
    let (sender, receiver) = oneshot::channel();
    pool.execute(move || {
        let _ = sender.send(task(n));
    });
    receiver
}

fn take(result: oneshot::Receiver<u64>) -> u64 {
    result.recv().expect("the tasks of a benchmark do not fail")
}

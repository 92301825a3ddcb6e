//! `rusty_pool`: `evaluate`, then `await_complete`.

use std::ops::Range;

use rusty_pool::{Builder, ThreadPool};

use crate::cost::Task;

use super::pool::{Peer, sum};

pub(super) fn start(workers: usize) -> Box<dyn Peer> {
    Box::new(Pool(Builder::new().core_size(workers).max_size(workers).build()))
}

struct Pool(ThreadPool);

impl Peer for Pool {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let handles: Vec<_> = arguments.map(|n| self.0.evaluate(move || task(n))).collect();
        sum(handles.into_iter().map(rusty_pool::JoinHandle::await_complete))
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        sum(arguments.map(|n| self.0.evaluate(move || task(n)).await_complete()))
    }
}

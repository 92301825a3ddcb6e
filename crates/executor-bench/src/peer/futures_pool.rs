//! `futures`' `ThreadPool`: `spawn_with_handle`, awaited with `block_on`.

use std::ops::Range;

use futures::executor::{ThreadPool, block_on};
use futures::future::RemoteHandle;
use futures::task::SpawnExt;

use crate::cost::Task;

use super::pool::Peer;

pub(super) fn start(workers: usize) -> Box<dyn Peer> {
    let pool = ThreadPool::builder().pool_size(workers).create();
    Box::new(Pool(pool.expect("futures starts its threads")))
}

struct Pool(ThreadPool);

impl Pool {
    fn submit(&self, n: u64, task: Task) -> RemoteHandle<u64> {
        let handle = self.0.spawn_with_handle(async move { task(n) });
        handle.expect("a pool that has not been shut down")
    }
}

impl Peer for Pool {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let handles: Vec<_> = arguments.map(|n| self.submit(n, task)).collect();
        block_on(async {
            let mut sum = 0_u64;
            for handle in handles {
                sum = sum.wrapping_add(handle.await);
            }
            sum
        })
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        block_on(async {
            let mut sum = 0_u64;
            for n in arguments {
                sum = sum.wrapping_add(self.submit(n, task).await);
            }
            sum
        })
    }
}

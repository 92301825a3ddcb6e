//! tokio's scheduler for asynchronous tasks, `spawn`, awaited from `block_on`.

use std::ops::Range;

use tokio::runtime::{Builder, Runtime};

use crate::cost::Task;

use super::pool::Peer;

pub(super) fn start(workers: usize) -> Box<dyn Peer> {
    let runtime = Builder::new_multi_thread().worker_threads(workers).build();
    Box::new(Pool(runtime.expect("tokio starts its threads")))
}

struct Pool(Runtime);

impl Peer for Pool {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        self.0.block_on(async {
            let spawn = |n| tokio::spawn(async move { task(n) });
            let handles: Vec<_> = arguments.map(spawn).collect();
            let mut sum = 0_u64;
            for handle in handles {
                sum = sum.wrapping_add(handle.await.expect("a task of a benchmark"));
            }
            sum
        })
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        self.0.block_on(async {
            let mut sum = 0_u64;
            for n in arguments {
                let result = tokio::spawn(async move { task(n) }).await;
                sum = sum.wrapping_add(result.expect("a task of a benchmark"));
            }
            sum
        })
    }
}

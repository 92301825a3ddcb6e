//! `affinitypool`, whose `spawn` returns a future; awaited with the lean executor of `futures`.

use std::ops::Range;

use affinitypool::Threadpool;
use futures::executor::block_on;

use crate::cost::Task;

use super::pool::Peer;

pub(super) fn start(workers: usize) -> Box<dyn Peer> {
    Box::new(Pool(Threadpool::new(workers)))
}

struct Pool(Threadpool);

impl Peer for Pool {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let spawn = |n| self.0.spawn(move || task(n));
        let handles: Vec<_> = arguments.map(spawn).collect();
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
                sum = sum.wrapping_add(self.0.spawn(move || task(n)).await);
            }
            sum
        })
    }
}

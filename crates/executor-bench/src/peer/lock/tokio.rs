//! `tokio`'s, awaited, with the lean executor of `futures`.

use std::hint::black_box;

use futures::executor::block_on;
use tokio::sync::Semaphore;

use super::primitive::Primitive;

pub(crate) struct TokioSemaphore(Semaphore);

impl TokioSemaphore {
    pub(crate) fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }
}

impl Primitive for TokioSemaphore {
    fn times(&self, count: u64) {
        block_on(async {
            for _ in 0..count {
                drop(black_box(self.0.acquire().await.expect("a semaphore that is open")));
            }
        });
    }
}

//! `async-lock`'s, by its blocking form.

use std::hint::black_box;

use async_lock::Semaphore;

use super::primitive::Primitive;

pub(crate) struct AsyncLockSemaphore(Semaphore);

impl AsyncLockSemaphore {
    pub(crate) fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }
}

impl Primitive for AsyncLockSemaphore {
    fn times(&self, count: u64) {
        for _ in 0..count {
            drop(black_box(self.0.acquire_blocking()));
        }
    }
}

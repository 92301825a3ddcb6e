//! The standard library's.

use std::hint::black_box;
use std::sync::{Barrier, Mutex};

use super::primitive::{Content, Primitive};

#[derive(Default)]
pub(crate) struct StdMutex<T>(Mutex<T>);

impl<T: Content> Primitive for StdMutex<T> {
    fn times(&self, count: u64) {
        for _ in 0..count {
            let mut value = self.0.lock().expect("nobody panics while it is held");
            value.touch();
            drop(black_box(value));
        }
    }
}

pub(crate) struct StdBarrier(Barrier);

impl StdBarrier {
    pub(crate) fn new(parties: usize) -> Self {
        Self(Barrier::new(parties))
    }
}

impl Primitive for StdBarrier {
    fn times(&self, count: u64) {
        for _ in 0..count {
            black_box(self.0.wait());
        }
    }
}

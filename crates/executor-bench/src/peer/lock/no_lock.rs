//! None at all, for what threads get that share nothing.

use std::hint::black_box;

use super::primitive::Primitive;

pub(crate) struct NoLock;

impl Primitive for NoLock {
    fn times(&self, count: u64) {
        for n in 0..count {
            black_box(n);
        }
    }
}

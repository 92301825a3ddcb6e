//! `parking_lot`'s.

use std::hint::black_box;

use parking_lot::Mutex;

use super::primitive::{Content, Primitive};

#[derive(Default)]
pub(crate) struct ParkingLotMutex<T>(Mutex<T>);

impl<T: Content> Primitive for ParkingLotMutex<T> {
    fn times(&self, count: u64) {
        for _ in 0..count {
            let mut value = self.0.lock();
            value.touch();
            drop(black_box(value));
        }
    }
}

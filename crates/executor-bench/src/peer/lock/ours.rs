//! This library's.

use std::hint::black_box;

use concurrent_futures::sync::{Barrier, Event, Lock, Mutex, Semaphore, process};

use super::primitive::Primitive;

#[derive(Default)]
pub(crate) struct OurLock(Lock);

impl Primitive for OurLock {
    fn times(&self, count: u64) {
        for _ in 0..count {
            drop(black_box(self.0.acquire()));
        }
    }
}

/// One that several processes could use.
pub(crate) struct OurProcessLock(process::Lock);

impl OurProcessLock {
    pub(crate) fn new() -> Result<Self, String> {
        process::Lock::new().map(Self).map_err(|error| error.to_string())
    }
}

impl Primitive for OurProcessLock {
    fn times(&self, count: u64) {
        for _ in 0..count {
            drop(black_box(self.0.acquire()));
        }
    }
}

#[derive(Default)]
pub(crate) struct OurMutex(Mutex<u64>);

impl Primitive for OurMutex {
    fn times(&self, count: u64) {
        for _ in 0..count {
            let mut value = self.0.lock();
            *value = value.wrapping_add(1);
            drop(black_box(value));
        }
    }
}

pub(crate) struct OurSemaphore(Semaphore);

impl OurSemaphore {
    pub(crate) fn new(permits: usize) -> Self {
        Self(Semaphore::new(permits))
    }
}

impl Primitive for OurSemaphore {
    fn times(&self, count: u64) {
        for _ in 0..count {
            drop(black_box(self.0.acquire()));
        }
    }
}

/// An event that is set.
pub(crate) struct OurEvent(Event);

impl OurEvent {
    pub(crate) fn set() -> Self {
        let event = Event::new();
        event.set();
        Self(event)
    }
}

impl Primitive for OurEvent {
    fn times(&self, count: u64) {
        for _ in 0..count {
            black_box(&self.0).wait();
        }
    }
}

pub(crate) struct OurBarrier(Barrier);

impl OurBarrier {
    pub(crate) fn new(parties: usize) -> Self {
        Self(Barrier::new(parties))
    }
}

impl Primitive for OurBarrier {
    fn times(&self, count: u64) {
        for _ in 0..count {
            black_box(self.0.wait()).expect("a barrier that nobody breaks");
        }
    }
}

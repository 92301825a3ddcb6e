//! How a worker wakes the program for its replies, and only if it sleeps.
//!
//! - The program, before it sleeps: hang the bell, fence, look into the ring, and at the claims, once
//!   more.
//! - The worker: publish a reply, or the beginning of a task that has a timeout, fence, look at the
//!   bell.
//!
//! Both fences are SeqCst, so one of them comes first. If it is the worker's, the program's look
//! sees the reply. If it is the program's, the worker sees the bell and rings it. A reply is never
//! left lying while the program sleeps, and a program that is awake costs the worker no system
//! call.

use crate::primitives::atomic::{AtomicU32, Ordering::*, fence};

/// The word: 1 while the program sleeps, or is about to, and has not been called yet.
#[derive(Debug)]
pub(crate) struct Bell(AtomicU32);

impl Bell {
    /// A bell that does not hang; the same as zeroed memory.
    #[cfg(any(test, loom))]
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// The program is about to sleep: it looks into the ring after this and before it does.
    pub(crate) fn hang(&self) {
        self.0.store(1, Relaxed);
        fence(SeqCst);
    }

    /// The worker has published something: whether to wake the program. True once for each hanging.
    pub(crate) fn due(&self) -> bool {
        fence(SeqCst);
        self.0.load(Relaxed) == 1 && self.0.swap(0, Relaxed) == 1
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

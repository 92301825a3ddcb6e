//! Where threads of several processes sleep until something has happened.
//!
//! - A sleeper: listen, look whether it has happened, lie down, fence, sleep unless `rung` has
//!   changed since, rise, look again.
//! - Whoever makes it happen: make it visible, change `rung`, fence, and wake somebody if somebody
//!   lies there.
//!
//! Both fences are SeqCst, so one of them comes first. If it is the sleeper's, the ringer counts
//! him. If it is the ringer's, the sleeper finds that `rung` has changed, for the kernel compares it
//! before it lets anybody sleep.
//!
//! How many lie there is at least as many as do: one that is killed there is counted for ever, which
//! costs a system call for each ring, and wakes nobody. A ringer may be killed before it has woken
//! anybody, and the one that was woken before it has looked; so nobody sleeps for long without
//! another look.

use crate::primitives::atomic::{AtomicU32, Ordering::*, fence};

/// See the file. Zeroed memory is a berth in which nobody lies.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Berth {
    rung: AtomicU32,
    lying: AtomicU32,
}

impl Berth {
    #[cfg(all(test, loom))]
    pub(crate) fn new() -> Self {
        Self { rung: AtomicU32::new(0), lying: AtomicU32::new(0) }
    }

    /// What `rung` is before the sleeper looks.
    pub(crate) fn listen(&self) -> u32 {
        // Relaxed: what it is compared with is the same word.
        self.rung.load(Relaxed)
    }

    /// The word on which to sleep while it is what was heard, once the sleeper has said that it lies
    /// down.
    pub(crate) fn lie_down(&self) -> &AtomicU32 {
        self.lying.fetch_add(1, Relaxed);
        fence(SeqCst);
        &self.rung
    }

    /// The sleeper is awake.
    pub(crate) fn rise(&self) {
        self.lying.fetch_sub(1, Relaxed);
    }

    /// Something has happened; the word on which somebody is to be woken, if anybody may lie there.
    pub(crate) fn ring(&self) -> Option<&AtomicU32> {
        self.rung.fetch_add(1, Relaxed);
        fence(SeqCst);
        (self.lying.load(Relaxed) > 0).then_some(&self.rung)
    }
}

//! Sleeping by `parking_lot_core`, which has a parker for every system Rust runs on.
//!
//! # Rules
//!
//! R1. The key is the address of a word that the `Futex` around it owns, so no other user of
//!     `parking_lot_core` parks under it.
//! R2. The callbacks neither panic nor call into `parking_lot_core`: they load one atomic or do
//!     nothing.

use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, Ordering};
use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN};
use std::ptr;

/// The queue of sleepers, found by the address of the word.
#[derive(Debug)]
pub(crate) struct Bed;

impl Bed {
    pub(crate) const fn new() -> Self {
        Self
    }

    /// Sleeps while `word` is `expected`; returns `false` once the deadline has passed.
    pub(crate) fn wait(&self, word: &AtomicU32, expected: u32, deadline: Deadline) -> bool {
        let until = match deadline {
            Deadline::Now => return false,
            Deadline::At(end) => Some(end),
            Deadline::Never => None,
        };
        let unchanged = || word.load(Ordering::Relaxed) == expected;
        // SAFETY: R1 for the key, R2 for the callbacks.
        let result = unsafe {
            parking_lot_core::park(
                key(word),
                unchanged,
                || (),
                |_, _| (),
                DEFAULT_PARK_TOKEN,
                until,
            )
        };
        result != parking_lot_core::ParkResult::TimedOut
    }

    /// Wakes one of those that sleep on `word`.
    pub(crate) fn wake_one(&self, word: &AtomicU32) {
        // SAFETY: R1 for the key, R2 for the callback.
        unsafe { parking_lot_core::unpark_one(key(word), |_| DEFAULT_UNPARK_TOKEN) };
    }

    /// Wakes all that sleep on `word`.
    pub(crate) fn wake_all(&self, word: &AtomicU32) {
        // SAFETY: R1 for the key; there is no callback.
        unsafe { parking_lot_core::unpark_all(key(word), DEFAULT_UNPARK_TOKEN) };
    }
}

fn key(word: &AtomicU32) -> usize {
    ptr::from_ref(word).addr()
}

//! Sleeping as loom sees it.
//!
//! A deadline in a model is one that passes at the moment the thread would sleep. Loom runs the
//! others up to every point before and after that moment, so it explores every order of a wake
//! and a time-out without a clock.

use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, Ordering};
use loom::sync::{Condvar, Mutex};

/// One word's sleepers.
#[derive(Debug)]
pub(crate) struct Bed {
    gate: Mutex<()>,
    sleepers: Condvar,
}

impl Bed {
    pub(crate) fn new() -> Self {
        Self { gate: Mutex::new(()), sleepers: Condvar::new() }
    }

    /// Sleeps while `word` is `expected`; returns `false` for every deadline but `Never`.
    pub(crate) fn wait(&self, word: &AtomicU32, expected: u32, deadline: Deadline) -> bool {
        if !matches!(deadline, Deadline::Never) {
            return false;
        }
        let gate = self.gate.lock().unwrap();
        if word.load(Ordering::Relaxed) == expected {
            drop(self.sleepers.wait(gate).unwrap());
        }
        true
    }

    /// Wakes one of those that sleep on `word`.
    pub(crate) fn wake_one(&self, _word: &AtomicU32) {
        let _gate = self.gate.lock().unwrap();
        self.sleepers.notify_one();
    }

    /// Wakes all that sleep on `word`.
    pub(crate) fn wake_all(&self, _word: &AtomicU32) {
        let _gate = self.gate.lock().unwrap();
        self.sleepers.notify_all();
    }
}

//! The word together with the system it sleeps by.

use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, const_unless_loom};
use std::ops::Deref;

#[cfg(all(
    not(loom),
    any(target_os = "linux", target_os = "android"),
    target_pointer_width = "64"
))]
use super::linux::Bed;
#[cfg(loom)]
use super::model::Bed;
#[cfg(all(
    not(loom),
    not(all(any(target_os = "linux", target_os = "android"), target_pointer_width = "64"))
))]
use super::portable::Bed;

/// An atomic word that threads can sleep on.
///
/// It derefs to its atomic. Waking orders nothing by itself: who wakes has stored with Release,
/// and who was woken loads with Acquire.
#[derive(Debug)]
pub(crate) struct Futex {
    word: AtomicU32,
    bed: Bed,
}

impl Futex {
    const_unless_loom! {
        pub(crate) fn new(value: u32) -> Self {
            Self { word: AtomicU32::new(value), bed: Bed::new() }
        }
    }

    /// Sleeps while the word is `expected`; returns `false` only if the deadline has passed.
    ///
    /// `true` says nothing about the word: callers load it again.
    pub(crate) fn wait(&self, expected: u32, deadline: Deadline) -> bool {
        self.bed.wait(&self.word, expected, deadline)
    }

    /// Wakes one of those that sleep here; none is fine.
    #[cold]
    pub(crate) fn wake_one(&self) {
        self.bed.wake_one(&self.word);
    }

    /// Wakes all that sleep here.
    #[cold]
    pub(crate) fn wake_all(&self) {
        self.bed.wake_all(&self.word);
    }
}

impl Deref for Futex {
    type Target = AtomicU32;

    #[inline]
    fn deref(&self) -> &AtomicU32 {
        &self.word
    }
}

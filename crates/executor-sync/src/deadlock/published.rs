//! A value that is replaced as a whole and never freed, so that reading it takes no lock.
//!
//! # Rules
//!
//! P1. A pointer in here is null or came from a box that was leaked, and nobody changes or frees
//!     what it points to.
//! P2. A pointer is stored by Release and loaded by Acquire, so whoever sees it sees the value.

use std::fmt;
use std::ptr;
// Not from `primitives`: a model need not explore what only debugging sees.
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

/// For a `static` that a forked child goes on with, whatever its lost threads were doing.
pub(super) struct Published<T>(AtomicPtr<T>);

impl<T: Send + Sync + 'static> Published<T> {
    pub(super) const fn nothing() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    pub(super) fn get(&self) -> Option<&'static T> {
        // SAFETY: P1, P2.
        unsafe { self.0.load(Acquire).as_ref() }
    }

    /// Puts `value` in the place of what was there.
    pub(super) fn set(&self, value: T) {
        self.0.store(Box::into_raw(Box::new(value)), Release);
    }

    /// Returns the value if it fits, else one that is made in its place.
    pub(super) fn get_or_replace(&self, fits: impl Fn(&T) -> bool, make: fn() -> T) -> &'static T {
        let mut seen = self.0.load(Acquire);
        loop {
            // SAFETY: P1, P2.
            match unsafe { seen.as_ref() } {
                Some(value) if fits(value) => return value,
                _ => seen = self.replace(seen, make()),
            }
        }
    }

    /// Puts `value` in the place of `seen`, unless another did, and returns what is there now.
    fn replace(&self, seen: *mut T, value: T) -> *mut T {
        let new = Box::into_raw(Box::new(value));
        match self.0.compare_exchange(seen, new, AcqRel, Acquire) {
            Ok(_) => new,
            Err(other) => {
                // SAFETY: it came from the box above and was shown to nobody.
                drop(unsafe { Box::from_raw(new) });
                other
            }
        }
    }
}

impl<T> fmt::Debug for Published<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Published")
    }
}

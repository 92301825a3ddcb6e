//! A lock on what this process knows of its shared memory, which a fork never finds half done.
//!
//! # Rules
//!
//! A1. The handlers neither allocate nor panic nor wait for anything but the gate, which is
//!     therefore not followed by reports of deadlocks. They run in pairs: the fork of a thread
//!     takes the gate before, and both processes give it back after.

use crate::lock::Lock;
use std::cell::UnsafeCell;
use std::fmt;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

static GATE: Lock = Lock::unfollowed();
static HANDLERS: Once = Once::new();
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Counts the forks between the process that first had shared memory and this one.
#[inline]
pub(super) fn generation() -> u32 {
    FORKS.load(Relaxed)
}

/// A value in a `static` that all threads use, one after another, and a forked process as well.
pub(super) struct Guarded<T>(UnsafeCell<Option<T>>);

// SAFETY: A1: the value is reached under the gate only.
unsafe impl<T: Send> Sync for Guarded<T> {}

impl<T: Default> Guarded<T> {
    pub(super) const fn new() -> Self {
        Self(UnsafeCell::new(None))
    }

    /// Changes the value. Nothing in here may do that again.
    pub(super) fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: A1.
        HANDLERS.call_once(|| unsafe {
            libc::pthread_atfork(Some(close), Some(open), Some(open_in_child));
        });
        let _turn = Turn::take();
        // SAFETY: A1: this thread has the gate, and nobody else a reference.
        let value = unsafe { &mut *self.0.get() };
        change(value.get_or_insert_default())
    }
}

impl<T> fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded")
    }
}

/// The gate, given back also when a change panics.
struct Turn;

impl Turn {
    fn take() -> Self {
        GATE.acquire_raw();
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        open();
    }
}

extern "C" fn close() {
    GATE.acquire_raw();
}

extern "C" fn open() {
    let released = GATE.release();
    debug_assert!(released.is_ok(), "whoever opens the gate has closed it");
}

extern "C" fn open_in_child() {
    FORKS.fetch_add(1, Relaxed);
    open();
}

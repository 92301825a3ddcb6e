//! A lock that lives in a `static`, and outlives forks and model executions.
//!
//! Rule G1. [`GlobalLock::renew`] is called only in a process that has just been forked off, before
//! it has a second thread, and never while the forking thread itself held the lock.

use std::cell::UnsafeCell;
#[cfg(not(any(loom, shuttle)))]
use std::sync::PoisonError;
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Guards a value that all pools of the program share.
///
/// A model checker's locks cannot outlive one execution, so under a model this is std's, taken
/// without blocking the one thread on which the model runs.
pub(crate) struct GlobalLock<T> {
    lock: UnsafeCell<RwLock<T>>,
    first: fn() -> T,
}

// SAFETY: it is an `RwLock` but for `renew`, whose rule leaves no other thread.
unsafe impl<T: Send + Sync> Sync for GlobalLock<T> {}

impl<T> GlobalLock<T> {
    /// A lock around `value`, which after a fork becomes what `first` returns.
    pub(crate) const fn new(value: T, first: fn() -> T) -> Self {
        Self { lock: UnsafeCell::new(RwLock::new(value)), first }
    }

    fn lock(&self) -> &RwLock<T> {
        // SAFETY: G1: nobody replaces the lock while anybody could be here.
        unsafe { &*self.lock.get() }
    }

    /// Puts a new lock in the place of one that a thread of the parent process may have held at the
    /// fork, and that nobody here would ever release.
    ///
    /// # Safety
    ///
    /// As rule G1 says.
    pub(crate) unsafe fn renew(&self) {
        let fresh = RwLock::new((self.first)());
        // SAFETY: G1. The old value is not dropped: a thread may have been in the middle of it.
        unsafe { self.lock.get().write(fresh) };
    }

    #[cfg(not(any(loom, shuttle)))]
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.lock().read().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(not(any(loom, shuttle)))]
    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.lock().write().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(any(loom, shuttle))]
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, T> {
        loop {
            match self.lock().try_read() {
                Ok(guard) => return guard,
                Err(_) => crate::primitives::thread::yield_now(),
            }
        }
    }

    #[cfg(any(loom, shuttle))]
    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        loop {
            match self.lock().try_write() {
                Ok(guard) => return guard,
                Err(_) => crate::primitives::thread::yield_now(),
            }
        }
    }
}

impl<T> std::fmt::Debug for GlobalLock<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GlobalLock { .. }")
    }
}

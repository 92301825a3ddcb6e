//! Whether the program was forked: threads do not survive a fork, so a pool or a pending future
//! that a child process inherited can only ever be refused.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// Counts the forks between the first process of this program and this one, since a pool was first
/// built; nothing can have been inherited before.
#[inline]
pub(crate) fn generation() -> u32 {
    FORKS.load(Relaxed)
}

/// This process has just been forked off.
pub(crate) fn count() {
    FORKS.fetch_add(1, Relaxed);
}

/// A lock that a child process does not wait for if somebody who did not come along held it.
#[derive(Debug)]
pub(crate) struct ForkLock<T> {
    value: Mutex<T>,
    /// The latest process of the program, by its generation, that is known to have had the lock
    /// free: whoever holds it there lives there, and releases it.
    sound_in: AtomicU32,
}

impl<T> ForkLock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Mutex::new(value), sound_in: AtomicU32::new(generation()) }
    }

    /// For a `static`, which exists from the first process on.
    pub(crate) const fn new_static(value: T) -> Self {
        Self { value: Mutex::new(value), sound_in: AtomicU32::new(0) }
    }

    /// `None`: it was held at the fork, and nobody here will ever release it.
    pub(crate) fn lock(&self) -> Option<MutexGuard<'_, T>> {
        // Relaxed: the lock itself orders what it guards.
        if self.sound_in.load(Relaxed) == generation() {
            return Some(self.wait());
        }
        // Only the first to come after a fork may be taken for one who vanished, and only until he
        // has said so.
        const LOOKS: usize = 100;
        for _ in 0..LOOKS {
            if let Some(guard) = self.look() {
                self.sound_in.store(generation(), Relaxed);
                return Some(guard);
            }
            if self.sound_in.load(Relaxed) == generation() {
                return Some(self.wait());
            }
        }
        None
    }

    fn wait(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Option<MutexGuard<'_, T>> {
        match self.value.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                std::thread::yield_now();
                None
            }
        }
    }

    /// Without a lock, as nobody else can have a reference.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

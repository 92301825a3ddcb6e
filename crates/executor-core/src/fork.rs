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

/// Takes a lock of an object that was made in the given generation. `None`: a thread that did not
/// come along held it at the fork, and nobody here will ever release it.
pub(crate) fn lock<T>(mutex: &Mutex<T>, made: u32) -> Option<MutexGuard<'_, T>> {
    if made == generation() {
        return Some(mutex.lock().unwrap_or_else(PoisonError::into_inner));
    }
    // A living holder is through long before all these looks are.
    const LOOKS: usize = 1000;
    (0..LOOKS).find_map(|_| match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => {
            std::thread::yield_now();
            None
        }
    })
}

//! A lock that its owner may take again, for threads and processes.

use super::guard::{Guard, Permission, Suspend};
use super::page::{Page, Words};
use super::recovered::Recovered;
use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, Ordering::Relaxed};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

/// What of it is shared beside the word that all pages have. How deep the owner is in, only the
/// owner's process needs to know.
#[repr(C)]
struct RLockWords {
    tag: AtomicU32,
}

// SAFETY: P1.
unsafe impl Words for RLockWords {
    const NAME: &'static str = "process::RLock";
    const TAG: u32 = 0xcf02;

    fn tag(&self) -> &AtomicU32 {
        &self.tag
    }
}

/// A re-entrant lock for threads of several processes; Python's `multiprocessing.RLock`.
///
/// The thread that owns it may acquire it again, also through a clone of the handle, and releases
/// it with its last guard. Otherwise it is as [`Lock`](super::Lock), also in what happens when the
/// owner dies.
///
/// # Examples
///
/// ```
/// use executor_sync::process::RLock;
///
/// let lock = RLock::new()?;
/// let outer = lock.acquire();
/// let inner = lock.clone();
/// let inner = inner.try_acquire().expect("the owner may");
/// assert_eq!(lock.depth(), 2);
/// drop((outer, inner));
/// assert!(!lock.locked());
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "multiprocessing.RLock")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RLock {
    page: Page<RLockWords>,
}

impl RLock {
    /// Makes a free lock.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor or memory, or does not tell of killed holders.
    pub fn new() -> io::Result<Self> {
        Ok(Self { page: Page::new()? })
    }

    /// Waits until the lock is free or the caller's, and takes it.
    ///
    /// Woken by the owner's last release, and by its death.
    ///
    /// # Panics
    ///
    /// At a depth of 2^32, after which a level would be forgotten.
    #[inline]
    pub fn acquire(&self) -> RLockGuard<'_> {
        self.take(Deadline::Never).expect("a wait for ever ends with the lock")
    }

    /// Takes the lock if it is free, the caller's, or its owner has died, without waiting.
    ///
    /// # Panics
    ///
    /// As [`acquire`](Self::acquire).
    #[inline]
    pub fn try_acquire(&self) -> Option<RLockGuard<'_>> {
        self.take(Deadline::Now)
    }

    /// Waits at most `timeout` for the lock; `None` if another had it all the time.
    ///
    /// Woken as [`acquire`](Self::acquire) is. Zero only tries; `Duration::MAX` waits for ever. The
    /// clock is monotonic.
    ///
    /// # Panics
    ///
    /// As [`acquire`](Self::acquire).
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<RLockGuard<'_>> {
        self.take(Deadline::after(timeout))
    }

    fn take(&self, deadline: Deadline) -> Option<RLockGuard<'_>> {
        let robust = self.page.robust();
        if robust.is_mine() {
            let depth = robust.depth().load(Relaxed);
            robust.depth().store(depth.checked_add(1).expect("an RLock is too deep"), Relaxed);
        } else if robust.take(deadline) {
            robust.depth().store(1, Relaxed);
        } else {
            return None;
        }
        Some(RLockGuard { lock: self, stay: PhantomData })
    }

    /// Returns how often the calling thread has acquired the lock and not released it; 0 for all
    /// who do not own it.
    #[must_use]
    pub fn depth(&self) -> usize {
        let robust = self.page.robust();
        if robust.is_mine() { robust.depth().load(Relaxed) as usize } else { 0 }
    }

    /// Returns whether somebody owns the lock who is not known to be dead. The answer may be old
    /// when it arrives.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.page.robust().is_held()
    }
}

impl fmt::Debug for RLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RLock")
            .field("locked", &self.locked())
            .field("depth", &self.depth())
            .finish_non_exhaustive()
    }
}

/// One level of an [`RLock`]; the last that is dropped releases it.
///
/// It stays in the thread that acquired it:
///
/// ```compile_fail,E0277
/// let lock = executor_sync::process::RLock::new().unwrap();
/// let guard = lock.acquire();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
#[must_use = "the level is released as soon as the guard is dropped"]
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    /// As std's guards: `Sync` but not `Send`.
    stay: PhantomData<std::sync::MutexGuard<'static, ()>>,
}

impl RLockGuard<'_> {
    /// Returns the news that the last owner died with the lock; `None` if it was released. All
    /// levels say the same.
    ///
    /// After a wait at a condition this is about the moment when the lock was taken again.
    #[must_use]
    pub fn recovered(&self) -> Option<Recovered> {
        self.lock.page.robust().recovered()
    }
}

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        let robust = self.lock.page.robust();
        match robust.depth().load(Relaxed) {
            depth @ 2.. if robust.is_mine() => robust.depth().store(depth - 1, Relaxed),
            // Does nothing for the copy of a guard in a process that was forked off.
            _ => robust.give(),
        }
    }
}

impl fmt::Debug for RLockGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RLockGuard").field("recovered", &self.recovered()).finish_non_exhaustive()
    }
}

impl Guard for RLockGuard<'_> {}

impl Suspend for RLockGuard<'_> {
    fn lock_number(&self) -> u64 {
        self.lock.page.number()
    }

    fn suspend(&mut self, _: Permission) -> u32 {
        let robust = self.lock.page.robust();
        let levels = robust.depth().load(Relaxed);
        robust.give();
        levels
    }

    fn restore(&mut self, levels: u32, _: Permission) {
        let robust = self.lock.page.robust();
        let taken = robust.take(Deadline::Never);
        debug_assert!(taken, "a wait for ever ends with the lock");
        robust.depth().store(levels, Relaxed);
    }
}

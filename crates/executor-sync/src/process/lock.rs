//! A lock without data, for threads and processes.

use super::guard::{Guard, Permission, Suspend};
use super::page::{Page, Words};
use super::recovered::Recovered;
use crate::deadline::Deadline;
use crate::primitives::AtomicU32;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

/// What of it is shared beside the word that all pages have.
#[repr(C)]
struct LockWords {
    tag: AtomicU32,
}

// SAFETY: P1.
unsafe impl Words for LockWords {
    const NAME: &'static str = "process::Lock";
    const TAG: u32 = 0xcf01;

    fn tag(&self) -> &AtomicU32 {
        &self.tag
    }
}

/// Lets one thread of all processes that have it go on at a time; Python's
/// `multiprocessing.Lock`.
///
/// A clone is the same lock, and so is what a task gets to which it was sent. Threads and processes
/// use it at once. It is not re-entrant: a thread that acquires it twice waits for ever, see
/// [`RLock`](super::RLock).
///
/// A guard belongs to the thread that got it. Where Python lets any process release, use a
/// [`Semaphore`](super::Semaphore) of one permit.
///
/// # When the holder dies
///
/// The kernel gives the lock back when its holder's process is killed, and also when just its
/// thread ends with a guard that was leaked. The next that acquires gets the lock with the news:
/// [`LockGuard::recovered`]. Nobody hangs. A thread that holds more than 2,048 locks is more than
/// the kernel looks through.
///
/// # Fairness, poisoning, memory ordering
///
/// As those of [`Lock`](crate::Lock): no order is promised, a panic releases, and what was done
/// before a release is visible after the next acquire.
///
/// # Examples
///
/// ```
/// use executor_sync::process::Lock;
///
/// let lock = Lock::new()?;
/// let copy = lock.clone();
/// {
///     let guard = lock.acquire();
///     assert!(guard.recovered().is_none());
///     assert!(copy.try_acquire().is_none());
/// }
/// assert!(!copy.locked());
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "multiprocessing.Lock")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lock {
    page: Page<LockWords>,
}

impl Lock {
    /// Makes a free lock.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor or memory, or does not tell of killed holders.
    pub fn new() -> io::Result<Self> {
        Ok(Self { page: Page::new()? })
    }

    /// Waits until the lock is free and takes it.
    ///
    /// Woken by whoever releases the lock, and by the death of its holder.
    #[inline]
    pub fn acquire(&self) -> LockGuard<'_> {
        self.take(Deadline::Never).expect("a wait for ever ends with the lock")
    }

    /// Takes the lock if it is free or its holder has died, without waiting; Python's
    /// `acquire(block=False)`.
    #[inline]
    pub fn try_acquire(&self) -> Option<LockGuard<'_>> {
        self.take(Deadline::Now)
    }

    /// Waits at most `timeout` for the lock; `None` if it was not free in time.
    ///
    /// Woken as [`acquire`](Self::acquire) is. Zero only tries; `Duration::MAX` waits for ever. The
    /// clock is monotonic.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<LockGuard<'_>> {
        self.take(Deadline::after(timeout))
    }

    #[inline]
    fn take(&self, deadline: Deadline) -> Option<LockGuard<'_>> {
        let taken = self.page.robust().take(deadline);
        taken.then(|| LockGuard { lock: self, stay: PhantomData })
    }

    /// Returns whether somebody holds the lock who is not known to be dead. The answer may be old
    /// when it arrives.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.page.robust().is_held()
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").field("locked", &self.locked()).finish_non_exhaustive()
    }
}

/// Holds a [`Lock`] and releases it when dropped.
///
/// It stays in the thread that acquired it:
///
/// ```compile_fail,E0277
/// let lock = executor_sync::process::Lock::new().unwrap();
/// let guard = lock.acquire();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
///
/// In a process that was forked off meanwhile, the copy of a guard holds nothing.
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct LockGuard<'a> {
    lock: &'a Lock,
    /// As std's guards: `Sync` but not `Send`.
    stay: PhantomData<std::sync::MutexGuard<'static, ()>>,
}

impl LockGuard<'_> {
    /// Returns the news that the last holder died with the lock; `None` if it was released.
    ///
    /// After a wait at a condition this is about the moment when the lock was taken again.
    #[inline]
    #[must_use]
    pub fn recovered(&self) -> Option<Recovered> {
        self.lock.page.robust().recovered()
    }
}

impl Drop for LockGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.lock.page.robust().give();
    }
}

impl fmt::Debug for LockGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockGuard").field("recovered", &self.recovered()).finish_non_exhaustive()
    }
}

impl Guard for LockGuard<'_> {}

impl Suspend for LockGuard<'_> {
    fn lock_number(&self) -> u64 {
        self.lock.page.number()
    }

    fn suspend(&mut self, _: Permission) -> u32 {
        self.lock.page.robust().give();
        1
    }

    fn restore(&mut self, _: u32, _: Permission) {
        let taken = self.lock.page.robust().take(Deadline::Never);
        debug_assert!(taken, "a wait for ever ends with the lock");
    }
}

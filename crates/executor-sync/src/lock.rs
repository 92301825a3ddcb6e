//! A lock without data, which any thread may release.

use crate::deadline::Deadline;
use crate::deadlock::Site;
use crate::error::NotLockedError;
use crate::guard::{Guard, Permission, Suspend};
use crate::primitives::{AtomicBool, Ordering, const_unless_loom};
use crate::raw::lock_word::LockWord;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::time::Duration;

/// Lets one thread at a time go on; Python's `threading.Lock`.
///
/// There are two ways to hold it. [`acquire`](Self::acquire) returns a guard that releases the
/// lock when dropped; that is the way to use. [`acquire_raw`](Self::acquire_raw) returns nothing,
/// and later *any* thread may call [`release`](Self::release): this is how Python's `Lock` is
/// used as a signal, and how a lock is handed from one thread to another.
///
/// To protect a value, use [`Mutex`](crate::Mutex). The lock is not re-entrant: a thread that
/// acquires it twice waits for ever, see [`RLock`](crate::RLock).
///
/// # Fairness
///
/// None is promised, as in Python: a running thread may take the lock before one that is still
/// waking up. Handing over in order costs a context switch for every acquire.
///
/// # No poisoning
///
/// A thread that panics while it holds the guard releases the lock while unwinding, and the next
/// thread gets it as if nothing had happened. What the lock protects may be half changed; a
/// critical section that can panic should leave it sensible at every step. A lock held by
/// `acquire_raw` stays held.
///
/// # Memory ordering
///
/// What a thread did before it released the lock is visible to whoever acquires it next.
///
/// # Examples
///
/// ```
/// use executor_sync::Lock;
///
/// static PRINTING: Lock = Lock::new();
///
/// std::thread::scope(|scope| {
///     for number in 0..3 {
///         scope.spawn(move || {
///             let _guard = PRINTING.acquire();
///             println!("one line at a time: {number}");
///         });
///     }
/// });
/// assert!(!PRINTING.locked());
/// ```
#[doc(alias = "threading.Lock")]
pub struct Lock {
    word: LockWord,
    /// The lock is held and `release` may free it. Set by the holder, after it took the word;
    /// taken by the one `release` that goes on to free the word.
    ///
    /// ```text
    ///  false ── acquire_raw, when it has the word ──▶ true ── release ──▶ false, then frees it
    /// ```
    raw: AtomicBool,
}

impl Lock {
    const_unless_loom! {
        /// Makes a free lock.
        #[must_use]
        #[track_caller]
        pub fn new() -> Self {
            Self { word: LockWord::new(Site::unnamed()), raw: AtomicBool::new(false) }
        }
    }

    const_unless_loom! {
        /// Makes a free lock that reports of the feature `deadlock-report` call `name`.
        ///
        /// Without the feature the name is not kept.
        #[must_use]
        #[track_caller]
        pub fn named(name: &'static str) -> Self {
            Self { word: LockWord::new(Site::named(name)), raw: AtomicBool::new(false) }
        }
    }

    /// Makes a free lock that reports know nothing of, for where nothing may allocate.
    #[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
    pub(crate) const fn unfollowed() -> Self {
        Self { word: LockWord::new(Site::unfollowed()), raw: AtomicBool::new(false) }
    }

    /// Waits until the lock is free and takes it.
    ///
    /// Woken by whoever releases the lock. There is no way to interrupt it; see
    /// [`acquire_timeout`](Self::acquire_timeout).
    #[inline]
    pub fn acquire(&self) -> LockGuard<'_> {
        self.word.lock(Deadline::Never);
        LockGuard::new(self)
    }

    /// Takes the lock if it is free, without waiting; Python's `acquire(blocking=False)`.
    #[inline]
    pub fn try_acquire(&self) -> Option<LockGuard<'_>> {
        self.word.try_lock().then(|| LockGuard::new(self))
    }

    /// Waits at most `timeout` for the lock; `None` if it was not free in time.
    ///
    /// Woken by whoever releases the lock. Zero only tries; `Duration::MAX` waits for ever.
    /// The clock is monotonic.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let lock = executor_sync::Lock::new();
    /// let guard = lock.acquire();
    /// assert!(lock.acquire_timeout(Duration::from_millis(1)).is_none());
    /// drop(guard);
    /// assert!(lock.acquire_timeout(Duration::ZERO).is_some());
    /// ```
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<LockGuard<'_>> {
        self.word.lock(Deadline::after(timeout)).then(|| LockGuard::new(self))
    }

    /// Waits until the lock is free and takes it, to be freed by [`release`](Self::release).
    ///
    /// Woken by whoever releases the lock.
    ///
    /// # Examples
    ///
    /// A lock as a signal: the main thread waits until the other releases.
    ///
    /// ```
    /// let ready = executor_sync::Lock::new();
    /// ready.acquire_raw();
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| ready.release());
    ///     ready.acquire_raw();
    /// });
    /// ```
    pub fn acquire_raw(&self) {
        self.word.lock(Deadline::Never);
        self.hold_raw();
    }

    /// Takes the lock if it is free, to be freed by [`release`](Self::release); returns whether
    /// it did.
    pub fn try_acquire_raw(&self) -> bool {
        self.word.try_lock() && self.hold_raw()
    }

    /// Waits at most `timeout` for the lock, to be freed by [`release`](Self::release); returns
    /// whether it got it. Zero only tries; `Duration::MAX` waits for ever.
    pub fn acquire_raw_timeout(&self, timeout: Duration) -> bool {
        self.word.lock(Deadline::after(timeout)) && self.hold_raw()
    }

    /// Frees a lock that [`acquire_raw`](Self::acquire_raw) took, in this thread or another, and
    /// wakes one that waits for it.
    ///
    /// # Errors
    ///
    /// [`NotLockedError`] if the lock is free, or held by a guard. Of several calls at once, one
    /// frees the lock and the others get the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use executor_sync::{Lock, NotLockedError};
    ///
    /// let lock = Lock::new();
    /// assert_eq!(lock.release(), Err(NotLockedError));
    /// let guard = lock.acquire();
    /// assert_eq!(lock.release(), Err(NotLockedError));
    /// drop(guard);
    /// lock.acquire_raw();
    /// assert_eq!(lock.release(), Ok(()));
    /// ```
    pub fn release(&self) -> Result<(), NotLockedError> {
        // Acquire pairs with the Release in `hold_raw`: what happened there comes before the
        // word is freed here.
        if !self.raw.swap(false, Ordering::Acquire) {
            return Err(NotLockedError);
        }
        self.word.unlock();
        Ok(())
    }

    /// Returns whether somebody holds the lock. The answer may be old when it arrives.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.word.is_locked()
    }

    /// Marks the lock, which the caller has just taken, as held without a guard.
    fn hold_raw(&self) -> bool {
        // Release pairs with the Acquire in `release`.
        self.raw.store(true, Ordering::Release);
        true
    }
}

impl Default for Lock {
    #[track_caller]
    fn default() -> Self {
        Self::new()
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
/// let lock = executor_sync::Lock::new();
/// let guard = lock.acquire();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
///
/// To hand a lock to another thread, use [`Lock::acquire_raw`].
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct LockGuard<'a> {
    lock: &'a Lock,
    /// What a predicate gets for data, see [`Guard`].
    data: (),
    /// As std's guards: `Sync` but not `Send`.
    stay: PhantomData<std::sync::MutexGuard<'static, ()>>,
}

impl<'a> LockGuard<'a> {
    fn new(lock: &'a Lock) -> Self {
        Self { lock, data: (), stay: PhantomData }
    }
}

impl Drop for LockGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.lock.word.unlock();
    }
}

impl fmt::Debug for LockGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockGuard")
    }
}

impl Guard for LockGuard<'_> {
    type Data = ();

    fn data(&mut self) -> &mut () {
        &mut self.data
    }
}

impl Suspend for LockGuard<'_> {
    type Saved = ();

    fn lock_address(&self) -> usize {
        ptr::from_ref(self.lock).addr()
    }

    fn suspend(&mut self, _: Permission) {
        self.lock.word.unlock();
    }

    fn restore(&mut self, (): (), _: Permission) {
        self.lock.word.lock(Deadline::Never);
    }
}

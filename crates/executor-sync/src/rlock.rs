//! A lock that its owner may take again.

use crate::deadline::Deadline;
use crate::deadlock::Site;
use crate::error::NotOwnerError;
use crate::guard::{Guard, Permission, Suspend};
use crate::primitives::{AtomicU64, AtomicUsize, Ordering, const_unless_loom};
use crate::raw::lock_word::LockWord;
use crate::thread_id;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::time::Duration;

/// No thread owns the lock; thread numbers start at one.
const NOBODY: u64 = 0;

/// A lock that the thread that holds it may acquire again; Python's `threading.RLock`.
///
/// The owner's every acquire adds a level and every release takes one off; at the last the lock
/// is free. It protects no data, because two levels would be two `&mut` to the same value.
///
/// As with [`Lock`](crate::Lock), levels are held by a guard or, after
/// [`acquire_raw`](Self::acquire_raw), until [`release`](Self::release). Either way only the
/// owner can give them back.
///
/// # Fairness, poisoning, memory ordering
///
/// As for [`Lock`](crate::Lock): none is promised, there is none, and a release happens before
/// the next acquire by another thread.
///
/// # Examples
///
/// ```
/// use executor_sync::RLock;
///
/// let lock = RLock::new();
/// let outer = lock.acquire();
/// let inner = lock.acquire();
/// assert_eq!(lock.depth(), 2);
/// drop((inner, outer));
/// assert!(!lock.locked());
/// ```
#[doc(alias = "threading.RLock")]
pub struct RLock {
    word: LockWord,
    /// The number of the thread that holds the word.
    ///
    /// ```text
    ///  NOBODY ── took the word ──▶ the taker's number ── gave back the last level ──▶ NOBODY
    /// ```
    ///
    /// Only the holder of the word writes it, and a thread's own number is written by itself
    /// only. So a thread that reads its own number owns the lock, and Relaxed suffices; whatever
    /// else it reads means no more than "not me".
    owner: AtomicU64,
    /// All levels, and those of them that no guard holds. Read and written by the owner only;
    /// from one owner to the next they travel by the word.
    depth: AtomicUsize,
    raw_depth: AtomicUsize,
}

impl RLock {
    const_unless_loom! {
        /// Makes a free lock.
        #[must_use]
        #[track_caller]
        pub fn new() -> Self {
            Self::at(Site::unnamed())
        }
    }

    const_unless_loom! {
        /// Makes a free lock that reports of the feature `deadlock-report` call `name`.
        ///
        /// Without the feature the name is not kept.
        #[must_use]
        #[track_caller]
        pub fn named(name: &'static str) -> Self {
            Self::at(Site::named(name))
        }
    }

    const_unless_loom! {
        fn at(site: Site) -> Self {
            Self {
                word: LockWord::new(site),
                owner: AtomicU64::new(NOBODY),
                depth: AtomicUsize::new(0),
                raw_depth: AtomicUsize::new(0),
            }
        }
    }

    /// Adds a level; waits for the lock first if another thread owns it.
    ///
    /// Woken by the owner giving back its last level.
    ///
    /// # Panics
    ///
    /// If the caller already holds `usize::MAX` levels.
    #[inline]
    pub fn acquire(&self) -> RLockGuard<'_> {
        self.enter(Deadline::Never);
        RLockGuard::new(self)
    }

    /// Adds a level if the lock is free or the caller's own, without waiting; Python's
    /// `acquire(blocking=False)`.
    ///
    /// # Panics
    ///
    /// If the caller already holds `usize::MAX` levels.
    #[inline]
    pub fn try_acquire(&self) -> Option<RLockGuard<'_>> {
        self.enter(Deadline::Now).then(|| RLockGuard::new(self))
    }

    /// Adds a level, waiting at most `timeout` for another thread's lock; `None` if it was not
    /// free in time.
    ///
    /// Woken by the owner giving back its last level. Zero only tries; `Duration::MAX` waits for
    /// ever. The owner never waits.
    ///
    /// # Panics
    ///
    /// If the caller already holds `usize::MAX` levels.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<RLockGuard<'_>> {
        self.enter(Deadline::after(timeout)).then(|| RLockGuard::new(self))
    }

    /// Adds a level as [`acquire`](Self::acquire) does, to be given back by
    /// [`release`](Self::release).
    ///
    /// # Panics
    ///
    /// If the caller already holds `usize::MAX` levels.
    pub fn acquire_raw(&self) {
        self.enter(Deadline::Never);
        self.add_raw_level();
    }

    /// Adds a level as [`try_acquire`](Self::try_acquire) does, to be given back by
    /// [`release`](Self::release); returns whether it did.
    ///
    /// # Panics
    ///
    /// If the caller already holds `usize::MAX` levels.
    pub fn try_acquire_raw(&self) -> bool {
        self.enter(Deadline::Now) && self.add_raw_level()
    }

    /// Adds a level as [`acquire_timeout`](Self::acquire_timeout) does, to be given back by
    /// [`release`](Self::release); returns whether it did.
    ///
    /// # Panics
    ///
    /// If the caller already holds `usize::MAX` levels.
    pub fn acquire_raw_timeout(&self, timeout: Duration) -> bool {
        self.enter(Deadline::after(timeout)) && self.add_raw_level()
    }

    /// Gives back a level that [`acquire_raw`](Self::acquire_raw) added; at the last level, wakes
    /// one thread that waits.
    ///
    /// # Errors
    ///
    /// [`NotOwnerError`] if another thread owns the lock, nobody does, or the caller's levels are
    /// all held by guards.
    ///
    /// # Examples
    ///
    /// ```
    /// use executor_sync::{NotOwnerError, RLock};
    ///
    /// let lock = RLock::new();
    /// lock.acquire_raw();
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| assert_eq!(lock.release(), Err(NotOwnerError)));
    /// });
    /// assert_eq!(lock.release(), Ok(()));
    /// assert_eq!(lock.release(), Err(NotOwnerError));
    /// ```
    pub fn release(&self) -> Result<(), NotOwnerError> {
        if !self.is_mine() {
            return Err(NotOwnerError);
        }
        let rest = self.raw_depth.load(Ordering::Relaxed).checked_sub(1).ok_or(NotOwnerError)?;
        self.raw_depth.store(rest, Ordering::Relaxed);
        self.leave();
        Ok(())
    }

    /// Returns the number of levels the calling thread holds, 0 if it does not own the lock.
    #[must_use]
    pub fn depth(&self) -> usize {
        if self.is_mine() { self.depth.load(Ordering::Relaxed) } else { 0 }
    }

    /// Returns whether some thread, the caller included, owns the lock. The answer may be old
    /// when it arrives.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.word.is_locked()
    }

    #[inline]
    fn is_mine(&self) -> bool {
        self.owner.load(Ordering::Relaxed) == thread_id::current().get()
    }

    #[inline]
    fn enter(&self, deadline: Deadline) -> bool {
        if self.is_mine() {
            let depth = self.depth.load(Ordering::Relaxed).checked_add(1);
            self.depth.store(depth.expect("too many levels of an RLock"), Ordering::Relaxed);
            return true;
        }
        self.own(deadline, 1)
    }

    /// Takes the word, and with it the lock at `depth` levels.
    #[inline]
    fn own(&self, deadline: Deadline, depth: usize) -> bool {
        let taken = self.word.lock(deadline);
        if taken {
            self.owner.store(thread_id::current().get(), Ordering::Relaxed);
            self.depth.store(depth, Ordering::Relaxed);
        }
        taken
    }

    #[inline]
    fn leave(&self) {
        let depth = self.depth.load(Ordering::Relaxed) - 1;
        self.depth.store(depth, Ordering::Relaxed);
        if depth == 0 {
            self.disown();
        }
    }

    #[inline]
    fn disown(&self) {
        self.owner.store(NOBODY, Ordering::Relaxed);
        self.word.unlock();
    }

    fn add_raw_level(&self) -> bool {
        let depth = self.raw_depth.load(Ordering::Relaxed);
        // Never more than `depth`, which was checked.
        self.raw_depth.store(depth + 1, Ordering::Relaxed);
        true
    }
}

impl Default for RLock {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RLock")
            .field("locked", &self.locked())
            .field("own_depth", &self.depth())
            .finish_non_exhaustive()
    }
}

/// Holds one level of an [`RLock`] and gives it back when dropped.
///
/// It stays in the thread that owns the lock:
///
/// ```compile_fail,E0277
/// let lock = executor_sync::RLock::new();
/// let guard = lock.acquire();
/// std::thread::scope(|scope| {
///     scope.spawn(move || drop(guard));
/// });
/// ```
#[must_use = "the level is given back as soon as the guard is dropped"]
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    /// What a predicate gets for data, see [`Guard`].
    data: (),
    /// As std's guards: `Sync` but not `Send`.
    stay: PhantomData<std::sync::MutexGuard<'static, ()>>,
}

impl<'a> RLockGuard<'a> {
    fn new(lock: &'a RLock) -> Self {
        Self { lock, data: (), stay: PhantomData }
    }
}

impl Drop for RLockGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.lock.leave();
    }
}

impl fmt::Debug for RLockGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RLockGuard")
    }
}

impl Guard for RLockGuard<'_> {
    type Data = ();

    fn data(&mut self) -> &mut () {
        &mut self.data
    }
}

/// All levels of an owner that waits: its guards and raw levels come back to life with them.
#[expect(unnameable_types, reason = "part of the sealed half of `Guard`")]
#[derive(Debug, Clone, Copy)]
pub struct Levels {
    depth: usize,
    raw_depth: usize,
}

impl Suspend for RLockGuard<'_> {
    type Saved = Levels;

    fn lock_address(&self) -> usize {
        ptr::from_ref(self.lock).addr()
    }

    fn suspend(&mut self, _: Permission) -> Levels {
        let depth = self.lock.depth.load(Ordering::Relaxed);
        let raw_depth = self.lock.raw_depth.load(Ordering::Relaxed);
        self.lock.raw_depth.store(0, Ordering::Relaxed);
        self.lock.disown();
        Levels { depth, raw_depth }
    }

    fn restore(&mut self, levels: Levels, _: Permission) {
        self.lock.own(Deadline::Never, levels.depth);
        self.lock.raw_depth.store(levels.raw_depth, Ordering::Relaxed);
    }
}

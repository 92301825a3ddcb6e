//! A counter of permits that threads and tasks take and give back.

use crate::deadline::Deadline;
use crate::permits::pool::{MAX_PERMITS, Pool};
use crate::permits::{Acquire, Permit};
use crate::primitives::const_unless_loom;
use std::fmt;
use std::time::Duration;

/// Lets at most so many threads and tasks go on at a time; Python's `threading.Semaphore`, which
/// async tasks may share.
///
/// # Fairness
///
/// While nobody waits, permits go to whoever comes first, for the price of one atomic operation.
/// Once somebody waits, permits are handed out strictly in the order of arrival, to threads and
/// tasks alike, and nobody overtakes: not even [`try_acquire`](Self::try_acquire), which then
/// fails although permits may be free. A request for many permits waits at the head until there
/// are enough, and those behind it wait too.
///
/// # No poisoning
///
/// A permit dropped by a panic is given back like any other.
///
/// # Memory ordering
///
/// What was done before permits were given back is visible to whoever takes them.
///
/// # Examples
///
/// ```
/// use executor_sync::Semaphore;
///
/// let connections = Semaphore::new(2);
/// let first = connections.acquire();
/// let second = connections.acquire();
/// assert!(connections.try_acquire().is_none());
/// drop(first);
/// assert!(connections.try_acquire().is_some());
/// # drop(second);
/// ```
///
/// Threads and tasks in one queue:
///
/// ```
/// use executor_sync::Semaphore;
///
/// let semaphore = Semaphore::new(1);
/// let permit = semaphore.acquire();
/// std::thread::scope(|scope| {
///     scope.spawn(|| futures::executor::block_on(async {
///         let _permit = semaphore.acquire_async().await;
///     }));
///     drop(permit);
/// });
/// ```
#[doc(alias = "threading.Semaphore")]
#[doc(alias = "asyncio.Semaphore")]
pub struct Semaphore {
    pool: Pool,
}

impl Semaphore {
    /// The most permits a semaphore can hold, `usize::MAX / 8`.
    pub const MAX_PERMITS: usize = MAX_PERMITS;

    const_unless_loom! {
        /// Makes a semaphore with `permits` free permits; zero is allowed.
        ///
        /// # Panics
        ///
        /// If `permits` exceeds [`MAX_PERMITS`](Self::MAX_PERMITS).
        #[must_use]
        pub fn new(permits: usize) -> Self {
            Self { pool: Pool::new(permits, MAX_PERMITS) }
        }
    }

    /// Waits for a permit and takes it.
    ///
    /// Woken when its turn has come and a permit was given back.
    #[inline]
    pub fn acquire(&self) -> Permit<'_> {
        self.acquire_many(1)
    }

    /// Takes a permit if one is free and nobody waits, without waiting; Python's
    /// `acquire(blocking=False)`.
    #[inline]
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        self.try_acquire_many(1)
    }

    /// Waits at most `timeout` for a permit; `None` if its turn did not come in time.
    ///
    /// Woken when its turn has come and a permit was given back. Zero only tries;
    /// `Duration::MAX` waits for ever. A permit granted at the last moment is returned, never
    /// lost.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<Permit<'_>> {
        self.acquire_many_timeout(1, timeout)
    }

    /// Waits for `count` permits and takes them all at once; while it waits it holds none.
    ///
    /// Zero returns at once. For more than will ever be there it waits for ever.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = executor_sync::Semaphore::new(3);
    /// let two = semaphore.acquire_many(2);
    /// assert_eq!((two.count(), semaphore.value()), (2, 1));
    /// ```
    #[inline]
    pub fn acquire_many(&self, count: usize) -> Permit<'_> {
        self.pool.take(count, Deadline::Never);
        Permit::new(&self.pool, count)
    }

    /// Takes `count` permits if so many are free and nobody waits, without waiting; all or none.
    #[inline]
    pub fn try_acquire_many(&self, count: usize) -> Option<Permit<'_>> {
        self.pool.try_take(count).then(|| Permit::new(&self.pool, count))
    }

    /// Waits at most `timeout` for `count` permits; all or, in time, none.
    ///
    /// Zero only tries; `Duration::MAX` waits for ever.
    pub fn acquire_many_timeout(&self, count: usize, timeout: Duration) -> Option<Permit<'_>> {
        let taken = self.pool.take(count, Deadline::after(timeout));
        taken.then(|| Permit::new(&self.pool, count))
    }

    /// Waits for a permit as an async task, in the same queue as threads.
    ///
    /// Works in any runtime. Dropping the future cancels the wait and loses nothing.
    pub fn acquire_async(&self) -> Acquire<'_> {
        self.acquire_many_async(1)
    }

    /// Waits for `count` permits as an async task, all at once.
    pub fn acquire_many_async(&self, count: usize) -> Acquire<'_> {
        Acquire::new(&self.pool, count)
    }

    /// Adds `count` permits and wakes those they are enough for, in the order they came.
    ///
    /// This is for permits that were [forgotten](Permit::forget), or to add to what the semaphore
    /// had at the start. Zero does nothing, where Python raises `ValueError`.
    ///
    /// # Panics
    ///
    /// If the semaphore would hold more than [`MAX_PERMITS`](Self::MAX_PERMITS); nothing changes.
    pub fn release(&self, count: usize) {
        let added = self.pool.add(count);
        assert!(added.is_ok(), "a semaphore holds at most usize::MAX / 8 permits");
    }

    /// Returns the number of free permits. The answer may be old when it arrives.
    #[must_use]
    pub fn value(&self) -> usize {
        self.pool.free()
    }

    /// Returns the number of threads and tasks that wait. The answer may be old when it arrives.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.pool.queued()
    }
}

impl Default for Semaphore {
    /// Makes a semaphore with one permit, as Python does.
    fn default() -> Self {
        Self::new(1)
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("value", &self.value()).finish_non_exhaustive()
    }
}

//! A semaphore that knows how many permits there are.

use crate::deadline::Deadline;
use crate::error::OverReleaseError;
use crate::permits::pool::{MAX_PERMITS, Pool};
use crate::permits::{Acquire, Permit};
use crate::primitives::const_unless_loom;
use std::fmt;
use std::time::Duration;

/// A [`Semaphore`](crate::Semaphore) whose value never exceeds its start value; Python's
/// `threading.BoundedSemaphore`.
///
/// It guards a fixed number of things, so a release beyond the start value is a mistake in the
/// program and is refused. Everything else, fairness included, is as in `Semaphore`.
///
/// # Examples
///
/// ```
/// use executor_sync::BoundedSemaphore;
///
/// let seats = BoundedSemaphore::new(2);
/// seats.acquire().forget();
/// assert_eq!(seats.release(1), Ok(()));
/// let error = seats.release(1).unwrap_err();
/// assert_eq!((error.value(), error.limit(), seats.value()), (2, 2, 2));
/// ```
#[doc(alias = "threading.BoundedSemaphore")]
pub struct BoundedSemaphore {
    pool: Pool,
}

impl BoundedSemaphore {
    const_unless_loom! {
        /// Makes a semaphore with `permits` free permits and room for no more.
        ///
        /// # Panics
        ///
        /// If `permits` is `usize::MAX / 8` or more.
        #[must_use]
        pub fn new(permits: usize) -> Self {
            assert!(permits < MAX_PERMITS, "a bounded semaphore has fewer than usize::MAX / 8 permits");
            Self { pool: Pool::new(permits, permits) }
        }
    }

    /// Waits for a permit and takes it.
    ///
    /// Woken when its turn has come and a permit was given back.
    ///
    /// # Panics
    ///
    /// If the start value is zero: no permit can ever come.
    #[inline]
    pub fn acquire(&self) -> Permit<'_> {
        self.acquire_many(1)
    }

    /// Takes a permit if one is free and nobody waits, without waiting.
    #[inline]
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        self.pool.try_take(1).then(|| Permit::new(&self.pool, 1))
    }

    /// Waits at most `timeout` for a permit; `None` if its turn did not come in time.
    ///
    /// Zero only tries; `Duration::MAX` waits for ever.
    ///
    /// # Panics
    ///
    /// If the start value is zero: no permit can ever come.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<Permit<'_>> {
        self.acquire_many_timeout(1, timeout)
    }

    /// Waits for `count` permits and takes them all at once; while it waits it holds none.
    ///
    /// # Panics
    ///
    /// If `count` exceeds the start value: so many can never be free.
    ///
    /// ```should_panic
    /// executor_sync::BoundedSemaphore::new(2).acquire_many(3);
    /// ```
    #[inline]
    pub fn acquire_many(&self, count: usize) -> Permit<'_> {
        self.check(count);
        self.pool.take(count, Deadline::Never);
        Permit::new(&self.pool, count)
    }

    /// Takes `count` permits if so many are free and nobody waits, without waiting; all or none.
    ///
    /// # Panics
    ///
    /// If `count` exceeds the start value.
    pub fn try_acquire_many(&self, count: usize) -> Option<Permit<'_>> {
        self.check(count);
        self.pool.try_take(count).then(|| Permit::new(&self.pool, count))
    }

    /// Waits at most `timeout` for `count` permits; all or, in time, none.
    ///
    /// Zero only tries; `Duration::MAX` waits for ever.
    ///
    /// # Panics
    ///
    /// If `count` exceeds the start value.
    pub fn acquire_many_timeout(&self, count: usize, timeout: Duration) -> Option<Permit<'_>> {
        self.check(count);
        let taken = self.pool.take(count, Deadline::after(timeout));
        taken.then(|| Permit::new(&self.pool, count))
    }

    /// Waits for a permit as an async task, in the same queue as threads.
    ///
    /// Works in any runtime. Dropping the future cancels the wait and loses nothing.
    ///
    /// # Panics
    ///
    /// If the start value is zero: no permit can ever come.
    pub fn acquire_async(&self) -> Acquire<'_> {
        self.acquire_many_async(1)
    }

    /// Waits for `count` permits as an async task, all at once.
    ///
    /// # Panics
    ///
    /// If `count` exceeds the start value.
    pub fn acquire_many_async(&self, count: usize) -> Acquire<'_> {
        self.check(count);
        Acquire::new(&self.pool, count)
    }

    /// Adds `count` permits that were [forgotten](Permit::forget), and wakes those they are
    /// enough for, in the order they came.
    ///
    /// Zero does nothing. Releasing for a permit that is still held is counted when the permit is
    /// dropped: what would then exceed the start value is not added.
    ///
    /// # Errors
    ///
    /// [`OverReleaseError`] if the value would exceed the start value; then nothing is added, not
    /// even a part.
    pub fn release(&self, count: usize) -> Result<(), OverReleaseError> {
        self.pool.add(count).map_err(|value| OverReleaseError::new(count, value, self.pool.limit()))
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

    #[inline]
    fn check(&self, count: usize) {
        let limit = self.pool.limit();
        assert!(
            count <= limit,
            "cannot ever acquire {count} permits of a semaphore bounded at {limit}"
        );
    }
}

impl Default for BoundedSemaphore {
    /// Makes a semaphore with one permit, as Python does.
    fn default() -> Self {
        Self::new(1)
    }
}

impl fmt::Debug for BoundedSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundedSemaphore")
            .field("value", &self.value())
            .field("limit", &self.pool.limit())
            .finish_non_exhaustive()
    }
}

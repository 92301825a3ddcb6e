//! So many at a time, among threads and processes, and never more than at the start.

use super::permits::{MOST, Permit, Pool};
use crate::deadline::Deadline;
use crate::error::OverReleaseError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::time::Duration;

/// A [`Semaphore`](super::Semaphore) whose value never exceeds the start value; Python's
/// `multiprocessing.BoundedSemaphore`.
///
/// # Examples
///
/// ```
/// use executor_sync::process::BoundedSemaphore;
///
/// let seats = BoundedSemaphore::new(2)?;
/// seats.acquire().forget();
/// assert_eq!(seats.release(1), Ok(()));
/// let error = seats.release(1).unwrap_err();
/// assert_eq!((error.value(), error.limit(), seats.value()), (2, 2, 2));
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "multiprocessing.BoundedSemaphore")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BoundedSemaphore {
    pool: Pool,
}

impl BoundedSemaphore {
    /// Makes a semaphore with so many permits, which are the most it will have.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor or memory, or does not tell of killed processes.
    ///
    /// # Panics
    ///
    /// If `permits` is not less than `usize::MAX / 8`.
    pub fn new(permits: usize) -> io::Result<Self> {
        let fits = (permits as u64) < MOST;
        assert!(fits, "a bounded semaphore has fewer than usize::MAX / 8 permits");
        Ok(Self { pool: Pool::new(permits, permits as u64)? })
    }

    /// Waits for a permit; see [`Semaphore::acquire`](super::Semaphore::acquire).
    ///
    /// # Panics
    ///
    /// If the start value is zero: no permit can ever come. So do the forms below, if they ask for
    /// more than the start value.
    pub fn acquire(&self) -> Permit<'_> {
        self.acquire_many(1)
    }

    /// Takes a permit if one is free and nobody waits, without waiting.
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        self.try_acquire_many(1)
    }

    /// Waits at most `timeout` for a permit; `None` if none was there in time. Zero only tries;
    /// `Duration::MAX` waits for ever.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<Permit<'_>> {
        self.acquire_many_timeout(1, timeout)
    }

    /// Waits for `count` permits; all at once, never a part.
    ///
    /// ```should_panic
    /// let seats = executor_sync::process::BoundedSemaphore::new(2).unwrap();
    /// let too_many = seats.acquire_many(3);
    /// ```
    pub fn acquire_many(&self, count: usize) -> Permit<'_> {
        self.take(count, Deadline::Never).expect("a wait for ever ends with the permits")
    }

    /// Takes `count` permits if so many are free and nobody waits, without waiting; all or none.
    pub fn try_acquire_many(&self, count: usize) -> Option<Permit<'_>> {
        self.take(count, Deadline::Now)
    }

    /// Waits at most `timeout` for `count` permits; all or, in time, none.
    pub fn acquire_many_timeout(&self, count: usize, timeout: Duration) -> Option<Permit<'_>> {
        self.take(count, Deadline::after(timeout))
    }

    fn take(&self, count: usize, deadline: Deadline) -> Option<Permit<'_>> {
        let limit = self.pool.limit();
        assert!(
            count <= limit,
            "cannot ever acquire {count} permits of a semaphore bounded at {limit}"
        );
        self.pool.acquire(count, deadline)
    }

    /// Adds `count` permits that were [forgotten](Permit::forget), and wakes those they are enough
    /// for, in the order they came.
    ///
    /// Releasing for a permit that is still held is counted when the permit is dropped: what would
    /// then exceed the start value is not added.
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
        self.pool.value()
    }

    /// Returns the number of threads that wait, in all processes. The answer may be old when it
    /// arrives.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.pool.waiting()
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

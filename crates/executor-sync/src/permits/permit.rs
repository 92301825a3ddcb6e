//! What a semaphore hands out.

use super::pool::Pool;
use std::fmt;
use std::mem;

/// Holds permits of a [`Semaphore`](crate::Semaphore) or
/// [`BoundedSemaphore`](crate::BoundedSemaphore) and gives them back when dropped.
///
/// It may be sent to another thread and dropped there.
#[must_use = "the permits are given back as soon as this is dropped"]
pub struct Permit<'a> {
    pool: &'a Pool,
    count: usize,
}

impl<'a> Permit<'a> {
    /// Stands for `count` permits the caller has taken from `pool`.
    #[inline]
    pub(crate) fn new(pool: &'a Pool, count: usize) -> Self {
        Self { pool, count }
    }

    /// Returns the number of permits held.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Keeps the permits out of the semaphore for good, or until `release` adds as many.
    ///
    /// This turns a permit into Python's form, where `acquire` and `release` are calls of their
    /// own and may be made by different threads.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = executor_sync::Semaphore::new(1);
    /// semaphore.acquire().forget();
    /// assert_eq!(semaphore.value(), 0);
    /// semaphore.release(1);
    /// assert_eq!(semaphore.value(), 1);
    /// ```
    pub fn forget(self) {
        mem::forget(self);
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        self.pool.put_back(self.count);
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("count", &self.count).finish_non_exhaustive()
    }
}

//! So many at a time, among threads and processes.

use super::permits::{MOST, Permit, Pool};
use crate::deadline::Deadline;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::time::Duration;

/// Lets so many threads of all processes that have it go on at a time; Python's
/// `multiprocessing.Semaphore`.
///
/// A clone is the same semaphore, and so is what a task gets to which it was sent. Who waits is
/// served in the order of coming, also before others for which there would be enough.
///
/// # When a holder dies
///
/// The permits that its process held come back, and one of those who acquire next is told by
/// [`Permit::recovered`]. A process that ends without dropping a permit counts as dead, too. Who
/// waits looks for the dead when it begins to wait, and then every 50 milliseconds; nobody looks
/// while nobody waits, so [`value`](Self::value) may be too small until then. A
/// [`try_acquire`](Self::try_acquire) that fails has looked if nobody else did within the last 5
/// milliseconds. Who dies while waiting loses its place, and no permit is lost with it.
///
/// There is room for 4,096 processes that hold permits, and 16,384 threads that wait; whoever comes
/// beyond waits, out of order, until there is room again.
///
/// # Memory ordering
///
/// What was done before a permit was given back is visible to who gets it next.
///
/// # Examples
///
/// ```
/// use executor_sync::process::Semaphore;
///
/// let connections = Semaphore::new(2)?;
/// let copy = connections.clone();
/// let one = connections.acquire();
/// let two = copy.acquire();
/// assert!(connections.try_acquire().is_none());
/// drop(one);
/// assert_eq!(copy.value(), 1);
/// # drop(two);
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "multiprocessing.Semaphore")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Semaphore {
    pool: Pool,
}

impl Semaphore {
    /// Makes a semaphore with so many permits.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor or memory, or does not tell of killed processes.
    ///
    /// # Panics
    ///
    /// If `permits` exceeds `usize::MAX / 8`.
    pub fn new(permits: usize) -> io::Result<Self> {
        assert!(permits as u64 <= MOST, "a semaphore holds at most usize::MAX / 8 permits");
        Ok(Self { pool: Pool::new(permits, MOST)? })
    }

    /// Waits for a permit.
    ///
    /// Woken by whoever gives permits back, and by the death of a holder.
    pub fn acquire(&self) -> Permit<'_> {
        self.acquire_many(1)
    }

    /// Takes a permit if one is free and nobody waits, without waiting.
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        self.try_acquire_many(1)
    }

    /// Waits at most `timeout` for a permit; `None` if none was there in time.
    ///
    /// Zero only tries; `Duration::MAX` waits for ever. A permit that comes at the last moment is
    /// kept.
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<Permit<'_>> {
        self.acquire_many_timeout(1, timeout)
    }

    /// Waits for `count` permits; all at once, never a part. Zero does not wait.
    pub fn acquire_many(&self, count: usize) -> Permit<'_> {
        self.pool.acquire(count, Deadline::Never).expect("a wait for ever ends with the permits")
    }

    /// Takes `count` permits if so many are free and nobody waits, without waiting; all or none.
    pub fn try_acquire_many(&self, count: usize) -> Option<Permit<'_>> {
        self.pool.acquire(count, Deadline::Now)
    }

    /// Waits at most `timeout` for `count` permits; all or, in time, none.
    pub fn acquire_many_timeout(&self, count: usize, timeout: Duration) -> Option<Permit<'_>> {
        self.pool.acquire(count, Deadline::after(timeout))
    }

    /// Adds `count` permits, and wakes those they are enough for, in the order they came.
    ///
    /// For permits that were [forgotten](Permit::forget), in whichever process, or for new ones.
    ///
    /// # Panics
    ///
    /// If there would be more than `usize::MAX / 8` permits.
    pub fn release(&self, count: usize) {
        let added = self.pool.add(count);
        assert!(added.is_ok(), "a semaphore holds at most usize::MAX / 8 permits");
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

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("value", &self.value()).finish_non_exhaustive()
    }
}

//! What a refused call says. Timeouts are not here: a timed call answers `None` or `false`.

use std::error::Error;
use std::fmt;

/// Says that [`Lock::release`](crate::Lock::release) found nothing to release; nothing changed.
///
/// The lock was free, or it is held through a guard and only that guard may release it.
/// Python raises `RuntimeError: release unlocked lock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLockedError;

impl fmt::Display for NotLockedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot release a lock that no `acquire_raw` holds; guards release their own")
    }
}

impl Error for NotLockedError {}

/// Says that [`RLock::release`](crate::RLock::release) was called by a thread with nothing to
/// release; nothing changed.
///
/// The calling thread does not own the lock, or owns it through guards only.
/// Python raises `RuntimeError: cannot release un-acquired lock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOwnerError;

impl fmt::Display for NotOwnerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot release a re-entrant lock that this thread holds no `acquire_raw` of")
    }
}

impl Error for NotOwnerError {}

/// Says that [`BoundedSemaphore::release`](crate::BoundedSemaphore::release) would have gone
/// beyond the start value; nothing changed.
///
/// Python raises `ValueError: Semaphore released too many times`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverReleaseError {
    released: usize,
    value: usize,
    limit: usize,
}

impl OverReleaseError {
    #[cold]
    pub(crate) fn new(released: usize, value: usize, limit: usize) -> Self {
        Self { released, value, limit }
    }

    /// Returns the value the semaphore had when it refused.
    #[must_use]
    pub fn value(&self) -> usize {
        self.value
    }

    /// Returns the start value, which is the most the semaphore may hold.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for OverReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot release {} permits of a semaphore that has {} of at most {}; \
             release only what was acquired and forgotten",
            self.released, self.value, self.limit
        )
    }
}

impl Error for OverReleaseError {}

/// Says that a [`Barrier`](crate::Barrier) broke before or while the caller waited at it.
///
/// A barrier breaks by [`abort`](crate::Barrier::abort), by a wait that times out, by a panic of
/// its action, and, for those who wait at that moment, by [`reset`](crate::Barrier::reset).
#[doc(alias = "threading.BrokenBarrierError")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenBarrierError;

impl fmt::Display for BrokenBarrierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken; `reset` makes it usable again")
    }
}

impl Error for BrokenBarrierError {}

//! A flag that threads of several processes wait for.

use super::flag;
use super::page::{Page, Words};
use crate::deadline::Deadline;
use crate::primitives::AtomicU32;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io;
use std::time::Duration;

#[repr(C)]
struct EventWords {
    tag: AtomicU32,
    /// See `flag`.
    flag: AtomicU32,
}

// SAFETY: P1.
unsafe impl Words for EventWords {
    const NAME: &'static str = "process::Event";
    const TAG: u32 = 0xcf03;

    fn tag(&self) -> &AtomicU32 {
        &self.tag
    }
}

/// A flag that one thread sets and others wait for, in whichever process; Python's
/// `multiprocessing.Event`.
///
/// A clone is the same event, and so is what a task gets to which it was sent. Waiting for an event
/// that is set costs one load. A thread that waits when [`set`](Self::set) is called returns `true`,
/// even if [`clear`](Self::clear) follows before it gets going.
///
/// # When somebody dies
///
/// Nobody holds an event, so the death of a process changes nothing. One that is killed in the
/// middle of `set` has set the event or has not; if it has, those that wait notice within 50
/// milliseconds, as often as which they look.
///
/// # Memory ordering
///
/// As that of [`Event`](crate::Event): what was done before `set` is visible to those whose wait it
/// ends.
///
/// # Examples
///
/// ```
/// use executor_sync::process::Event;
///
/// let started = Event::new()?;
/// let copy = started.clone();
/// std::thread::scope(|scope| {
///     scope.spawn(move || copy.set());
///     started.wait();
/// });
/// assert!(started.is_set());
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "multiprocessing.Event")]
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Event {
    page: Page<EventWords>,
}

impl Event {
    /// Makes an event that is not set.
    ///
    /// # Errors
    ///
    /// If the system refuses a descriptor or memory.
    pub fn new() -> io::Result<Self> {
        Ok(Self { page: Page::new()? })
    }

    #[inline]
    fn flag(&self) -> &AtomicU32 {
        &self.page.words().flag
    }

    /// Sets the event and wakes all that wait; no effect on the flag if it is set already.
    pub fn set(&self) {
        flag::set(self.flag());
    }

    /// Clears the event: later waits block until the next [`set`](Self::set).
    ///
    /// Threads that were woken, or are about to be, by an earlier `set` still return `true`.
    pub fn clear(&self) {
        flag::clear(self.flag());
    }

    /// Returns whether the event is set.
    #[inline]
    #[must_use]
    pub fn is_set(&self) -> bool {
        flag::is_set(self.flag())
    }

    /// Waits until the event is set; returns at once if it is.
    ///
    /// Woken by [`set`](Self::set).
    #[inline]
    pub fn wait(&self) {
        if !self.is_set() {
            flag::wait(self.flag(), Deadline::Never);
        }
    }

    /// Waits until the event is set, at most `timeout`; returns `false` if it was not.
    ///
    /// Woken by [`set`](Self::set). Zero asks [`is_set`](Self::is_set); `Duration::MAX` waits for
    /// ever. The clock is monotonic.
    #[inline]
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        self.is_set() || (!timeout.is_zero() && flag::wait(self.flag(), Deadline::after(timeout)))
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("set", &self.is_set()).finish_non_exhaustive()
    }
}

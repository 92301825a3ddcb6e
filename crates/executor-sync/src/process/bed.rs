//! Words to sleep on that other processes see, and that nobody sleeps on for long without a look.

use crate::deadline::Deadline;
use crate::primitives::AtomicU32;

/// A word that threads sleep on, in memory that is shared or, in a model, that is not.
pub(super) trait Bed {
    fn word(&self) -> &AtomicU32;

    /// Sleeps while the word is `expected`, but not for long; returns `false` only if the deadline
    /// has passed. `true` says nothing: callers look again.
    fn sleep(&self, expected: u32, deadline: Deadline) -> bool;

    /// Wakes one of those that sleep here; none is fine.
    fn wake_one(&self);

    /// Wakes all that sleep here.
    fn wake_all(&self);
}

#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod shared {
    use super::{AtomicU32, Bed, Deadline};
    use crate::raw::futex::{wait_shared, wake_all_shared, wake_one_shared};
    use std::time::Duration;

    /// How long anybody sleeps before he looks whether somebody has died on him.
    ///
    /// A process can be killed between a change and the wake-up that belongs to it, and one that
    /// was woken can be killed before it acts on that. The kernel repairs much of this for locks,
    /// but not all; with this nothing is lost for longer. Nobody looks unless he waits.
    pub(in crate::process) const PATROL: Duration = Duration::from_millis(50);

    /// A word in memory that several processes have mapped.
    impl Bed for AtomicU32 {
        #[inline]
        fn word(&self) -> &AtomicU32 {
            self
        }

        fn sleep(&self, expected: u32, deadline: Deadline) -> bool {
            let in_time = !deadline.has_passed();
            if in_time {
                wait_shared(self, expected, deadline.within(PATROL));
            }
            in_time
        }

        fn wake_one(&self) {
            wake_one_shared(self);
        }

        fn wake_all(&self) {
            wake_all_shared(self);
        }
    }
}

#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
pub(super) use shared::PATROL;

/// In a model the processes are threads, and nobody needs to look twice.
#[cfg(all(loom, test))]
impl Bed for crate::raw::futex::Futex {
    fn word(&self) -> &AtomicU32 {
        self
    }

    fn sleep(&self, expected: u32, deadline: Deadline) -> bool {
        self.wait(expected, deadline)
    }

    fn wake_one(&self) {
        Self::wake_one(self);
    }

    fn wake_all(&self) {
        Self::wake_all(self);
    }
}

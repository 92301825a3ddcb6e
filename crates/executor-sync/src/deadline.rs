//! When to stop waiting.

use std::time::{Duration, Instant};

/// The monotonic end of a wait, fixed once when the call begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deadline {
    /// Do not wait at all: a zero timeout, which reads no clock.
    Now,
    /// Wait until this instant.
    #[cfg_attr(loom, expect(dead_code, reason = "a model has no clock"))]
    At(Instant),
    /// Wait for ever: no timeout, `Duration::MAX`, or an end the clock cannot count to.
    Never,
}

impl Deadline {
    /// Returns the end of a wait of at most `timeout` that begins now.
    pub(crate) fn after(timeout: Duration) -> Self {
        match timeout {
            Duration::ZERO => Self::Now,
            Duration::MAX => Self::Never,
            _ => Instant::now().checked_add(timeout).map_or(Self::Never, Self::At),
        }
    }

    /// Returns the end of a wait with an optional timeout; `None` waits for ever.
    pub(crate) fn after_option(timeout: Option<Duration>) -> Self {
        timeout.map_or(Self::Never, Self::after)
    }

    /// Returns the end of one look among many: at most `interval` from now, and not after the
    /// deadline.
    #[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
    pub(crate) fn within(self, interval: Duration) -> Self {
        match (self, Self::after(interval)) {
            (Self::Now, _) => Self::Now,
            (Self::At(end), Self::At(look)) => Self::At(end.min(look)),
            (Self::Never, look) => look,
            (end, _) => end,
        }
    }

    /// Returns whether the deadline has passed.
    #[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
    pub(crate) fn has_passed(self) -> bool {
        match self {
            Self::Now => true,
            Self::At(end) => end <= Instant::now(),
            Self::Never => false,
        }
    }

    /// Returns whether this deadline allows no waiting whatever.
    #[inline]
    pub(crate) fn is_now(self) -> bool {
        matches!(self, Self::Now)
    }
}

#[cfg(all(test, not(loom)))]
mod tests;

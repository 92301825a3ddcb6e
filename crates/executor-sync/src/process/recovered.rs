//! The news that a holder has died.

use std::fmt;
use std::num::NonZeroU32;

/// Says that the last holder died while it held what the caller has now.
///
/// What was being protected may be half changed: put it in order, or give it up. The lock itself is
/// whole, and whoever takes it next hears nothing of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    process: Option<NonZeroU32>,
}

impl Recovered {
    /// Returns the process that died, or whose thread ended with the lock; `None` if it was killed
    /// before it could say who it was.
    ///
    /// Another process may have this number by now.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.map(NonZeroU32::get)
    }
}

impl Recovered {
    /// Zero stands for a process that is not known.
    pub(super) fn from(process: u32) -> Self {
        Self { process: NonZeroU32::new(process) }
    }
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Some(pid) => write!(f, "process {pid} died as the holder; "),
            None => write!(f, "a process that is not known died as the holder; "),
        }?;
        f.write_str("what it was changing may be half done")
    }
}

//! A cycle, told in names.

use std::fmt;

/// One thread of a cycle and the lock it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    pub(super) thread: String,
    pub(super) lock: String,
}

impl Wait {
    /// Returns the name of the thread that waits, or its number if it has none.
    #[must_use]
    pub fn thread(&self) -> &str {
        &self.thread
    }

    /// Returns the name of the lock it waits for, or the place in the source that made it.
    #[must_use]
    pub fn lock(&self) -> &str {
        &self.lock
    }
}

/// A cycle of threads, each of which waits for a lock that the next one holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlockReport {
    pub(super) cycle: Vec<Wait>,
}

impl DeadlockReport {
    /// Returns the waits of the cycle; the thread that closed it comes first.
    #[must_use]
    pub fn cycle(&self) -> &[Wait] {
        &self.cycle
    }
}

impl fmt::Display for DeadlockReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deadlock:")?;
        for (place, wait) in self.cycle.iter().enumerate() {
            let holder = &self.cycle[(place + 1) % self.cycle.len()].thread;
            write!(f, "\n  thread {} waits for {}, held by {holder}", wait.thread, wait.lock)?;
        }
        Ok(())
    }
}

//! Whether this process may start copies of the program.

use std::fmt;

use super::marker::{depth, initialised};

/// Processes in the processes of processes, and so on: further down something runs away.
const DEEPEST: u32 = 8;

/// What a program is told that never called `init`.
pub(crate) const LACKS_INIT: &str = "worker processes run this very program again, so the program must be prepared for it: add \
     `concurrent_futures::init();` as the first line of main(), or \
     `concurrent_futures::init_in_tests!();` once at the top of a crate of tests";

/// Why it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotInitialised,
    /// It is so many levels below the program itself.
    TooDeep(u32),
}

/// Whether this process may start copies of the program.
pub(crate) fn permitted() -> Result<(), Refusal> {
    if !initialised() {
        return Err(Refusal::NotInitialised);
    }
    if depth() >= DEEPEST { Err(Refusal::TooDeep(depth())) } else { Ok(()) }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInitialised => f.write_str(LACKS_INIT),
            Self::TooDeep(depth) => write!(
                f,
                "this is a worker of a pool in a worker of a pool, {depth} levels deep, and {DEEPEST} is the limit; \
                 run the tasks in this process"
            ),
        }
    }
}

use std::fmt;

/// An executor could not be built as asked.
#[derive(Debug)]
pub struct BuildError {
    message: String,
}

impl BuildError {
    #[cold]
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {}

/// The time was up before a shutdown had finished; it goes on in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillRunning {
    workers: usize,
}

impl StillRunning {
    pub(crate) fn new(workers: usize) -> Self {
        Self { workers }
    }

    /// How many workers had not ended.
    pub fn workers(&self) -> usize {
        self.workers
    }
}

impl fmt::Display for StillRunning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.workers;
        write!(
            f,
            "{n} workers still ran accepted work when the time for the shutdown was up; it goes \
                   on in the background, and shutdown() can be called again to wait for it"
        )
    }
}

impl std::error::Error for StillRunning {}

/// The executor did not take the closure, and hands it back.
pub enum TrySpawnError<F> {
    /// The queue holds as many tasks as its capacity allows.
    Full(F),
    /// The executor has been shut down.
    ShutDown(F),
}

impl<F> TrySpawnError<F> {
    /// The closure that was not taken.
    pub fn into_inner(self) -> F {
        match self {
            Self::Full(f) | Self::ShutDown(f) => f,
        }
    }
}

impl<F> fmt::Debug for TrySpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::ShutDown(_) => "ShutDown(..)",
        })
    }
}

impl<F> fmt::Display for TrySpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => {
                "the task was refused because the queue is full; try again later, or use spawn, \
                 which waits for a free place"
            }
            Self::ShutDown(_) => {
                "the task was refused because the executor has been shut down; submit before \
                 shutdown() or build a new executor"
            }
        })
    }
}

impl<F> std::error::Error for TrySpawnError<F> {}

/// The executor did not take the task, and hands its argument back.
pub enum TrySubmitError<A> {
    /// The queue holds as many tasks as its capacity allows.
    Full(A),
    /// The executor has been shut down.
    ShutDown(A),
}

impl<A> TrySubmitError<A> {
    /// The argument that was not taken.
    pub fn into_inner(self) -> A {
        match self {
            Self::Full(arg) | Self::ShutDown(arg) => arg,
        }
    }
}

impl<A> fmt::Debug for TrySubmitError<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::ShutDown(_) => "ShutDown(..)",
        })
    }
}

impl<A> fmt::Display for TrySubmitError<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => {
                "the task was refused because the queue is full; try again later, or use submit, \
                 which waits for a free place"
            }
            Self::ShutDown(_) => {
                "the task was refused because the executor has been shut down; submit before \
                 shutdown() or build a new executor"
            }
        })
    }
}

impl<A> std::error::Error for TrySubmitError<A> {}

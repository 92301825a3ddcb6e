use std::time::Duration;

/// What one task asks for; the rest is as the pool's builder says.
///
/// ```
/// use std::time::Duration;
/// use concurrent_futures::TaskOptions;
///
/// let options = TaskOptions::new().timeout(Duration::from_secs(10)).retries(2);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "options do nothing until they are passed to submit_with"]
pub struct TaskOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) retries: Option<u32>,
}

impl TaskOptions {
    /// Asks for nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the worker when the task has run for so long, counted from its beginning in the worker;
    /// the task finishes with [`TimedOut`](crate::TaskErrorKind::TimedOut). `Duration::MAX` is for
    /// ever.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Runs the task again, up to `n` times, when its worker dies.
    pub fn retries(mut self, n: u32) -> Self {
        self.retries = Some(n);
        self
    }
}

/// How worker processes are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartMethod {
    /// A fresh process of the running program for each worker.
    #[default]
    Spawn,
    /// One fresh process of the running program, which has a single thread, forks each worker;
    /// several times as fast. The program itself, with its threads, is never forked.
    ForkServer,
}

/// Where the standard output or the standard error of workers goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WorkerOutput {
    /// Where the program's own goes.
    #[default]
    Inherit,
    /// Nowhere.
    Null,
    /// To the pool, which keeps the last lines for the error of a task whose worker dies.
    Capture,
}

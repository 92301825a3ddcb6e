use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use executor_sync::process::collect;

use crate::error::BuildError;
use crate::executor::Payload;
use crate::process::{Function, Initializer, encode};

use super::config::Config;
#[cfg(not(target_os = "linux"))]
use super::elsewhere::ProcessPoolExecutor;
#[cfg(target_os = "linux")]
use super::executor::ProcessPoolExecutor;
use super::options::{StartMethod, WorkerOutput};

/// Builds a [`ProcessPoolExecutor`]; made by [`ProcessPoolExecutor::builder`].
///
/// ```standalone_crate
/// use std::time::Duration;
/// use concurrent_futures::{ProcessPoolExecutor, WorkerOutput};
///
/// fn main() {
///     concurrent_futures::init();
///     let pool = ProcessPoolExecutor::builder()
///         .max_workers(2)
///         .max_tasks_per_child(100)
///         .task_timeout(Duration::from_secs(10))
///         .stderr(WorkerOutput::Capture)
///         .build()
///         .unwrap();
///     assert_eq!(pool.submit(|n: u64| n + 1, 41).result().unwrap(), 42);
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until build() is called"]
pub struct ProcessPoolBuilder {
    config: Config,
}

impl ProcessPoolExecutor {
    /// Starts from the defaults: a worker for each core (`num_cpus::get()`), an unbounded queue.
    pub fn builder() -> ProcessPoolBuilder {
        ProcessPoolBuilder { config: Config::new() }
    }
}

impl ProcessPoolBuilder {
    /// At most so many workers run tasks at a time.
    pub fn max_workers(mut self, n: usize) -> Self {
        self.config.max_workers = n;
        self
    }

    /// Calls `f(arg)` in every worker before its first task. If it returns an error, panics, exits
    /// or hangs, the pool is broken: everything that has not run fails with
    /// [`Broken`](crate::TaskErrorKind::Broken) and the cause.
    pub fn initializer<A: Payload + Clone>(
        mut self,
        f: fn(A) -> Result<(), String>,
        arg: A,
    ) -> Self {
        let mut argument = Vec::new();
        let (encoded, luggage) = collect(|| encode(&arg, &mut argument));
        let encoded = encoded.map_err(|why| format!("the argument cannot be encoded: {why}"));
        let located = Function::of_initializer(f).ok_or_else(|| {
            "the function is not part of the program's own executable, so workers do not have it; pass \
             one that is not in a shared library"
                .to_owned()
        });
        self.config._luggage = luggage;
        self.config.initializer = Some(encoded.and(located).map(|function| Initializer {
            wrapper: function.wrapper,
            function: function.offset,
            argument,
        }));
        self
    }

    /// Replaces a worker after it has run `n` tasks; items of a `map` are counted singly. The
    /// replacement starts while the last tasks run.
    pub fn max_tasks_per_child(mut self, n: usize) -> Self {
        self.config.max_tasks_per_child = Some(u32::try_from(n).unwrap_or(u32::MAX));
        self
    }

    /// Ends the worker of a task that has run for so long, counted from its beginning; the task, or
    /// the item of a `map`, finishes with [`TimedOut`](crate::TaskErrorKind::TimedOut). The default
    /// is for ever.
    pub fn task_timeout(mut self, timeout: Duration) -> Self {
        self.config.task_timeout = Some(timeout);
        self
    }

    /// Runs a task, or an item of a `map`, again when its worker dies, up to `n` times. The default
    /// is not to: a task that has begun may have done half its work.
    pub fn retries(mut self, n: u32) -> Self {
        self.config.retries = n;
        self
    }

    /// Replaces a worker that takes longer than this to start, or to take up a task that it was
    /// given while it was idle. The default is 10 seconds.
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.config.start_timeout = timeout;
        self
    }

    /// Ends a worker that uses more than so many bytes of memory; the task that runs in it finishes
    /// with [`WorkerDied`](crate::TaskErrorKind::WorkerDied), which names the limit.
    ///
    /// The memory that a worker really uses is looked at every few milliseconds while it runs a
    /// task. Besides, the system refuses it private memory far beyond the limit.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.config.memory_limit = Some(bytes);
        self
    }

    /// Sets a variable of the workers' environment, which otherwise is the program's at the time
    /// when a worker starts.
    pub fn env(mut self, key: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.config.env.push((key.into(), value.into()));
        self
    }

    /// Where the workers work. The default is where the program does when a worker starts.
    pub fn current_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.config.current_dir = Some(path.into());
        self
    }

    /// Lets at most `n` tasks wait that have not begun. The default is no bound.
    pub fn queue_capacity(mut self, n: usize) -> Self {
        self.config.queue_capacity = Some(n);
        self
    }

    /// The most bytes that an encoded argument or result may have. The default is 1 GiB.
    pub fn max_message_size(mut self, bytes: u64) -> Self {
        self.config.max_message_size = bytes;
        self
    }

    /// Where the workers' standard output goes.
    pub fn stdout(mut self, output: WorkerOutput) -> Self {
        self.config.stdout = output;
        self
    }

    /// Where the workers' standard error goes.
    pub fn stderr(mut self, output: WorkerOutput) -> Self {
        self.config.stderr = output;
        self
    }

    /// How workers are made.
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.config.start_method = method;
        self
    }

    /// Makes the pool. No worker is started yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the setting that cannot be, its value and what to pass instead; or the
    /// line that the program lacks; or what the system refused.
    pub fn build(self) -> Result<ProcessPoolExecutor, BuildError> {
        ProcessPoolExecutor::with_config(self.config)
    }
}

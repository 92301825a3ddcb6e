use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::BuildError;

use super::config::Config;
use super::executor::ThreadPoolExecutor;

/// Builds a [`ThreadPoolExecutor`]; made by [`ThreadPoolExecutor::builder`].
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::builder()
///     .max_workers(2)
///     .thread_name_prefix("parser")
///     .queue_capacity(1000)
///     .build()
///     .unwrap();
/// let name = pool.spawn(|| std::thread::current().name().map(str::to_owned));
/// assert_eq!(name.result().unwrap().unwrap(), "parser_0");
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing until build() is called"]
pub struct ThreadPoolBuilder {
    config: Config,
}

impl ThreadPoolExecutor {
    /// Starts from the defaults: a worker for each core (`num_cpus::get()`), an unbounded queue.
    pub fn builder() -> ThreadPoolBuilder {
        ThreadPoolBuilder { config: Config::new() }
    }
}

impl ThreadPoolBuilder {
    /// At most so many threads work at a time. Spare ones that stand in for blocked ones come on
    /// top; when the blocked go on, they and the spare ones may work side by side until the
    /// latter's tasks end.
    pub fn max_workers(mut self, n: usize) -> Self {
        self.config.max_workers = n;
        self
    }

    /// Names the threads `<prefix>_<index>`. The default prefix is `ThreadPoolExecutor-<n>`, where
    /// `n` counts the pools of the program. Linux shows the first 15 bytes of a thread's name.
    pub fn thread_name_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.config.thread_name_prefix = Some(prefix.into());
        self
    }

    /// Gives every thread a stack of so many bytes. The default is std's: 2 MiB, or what
    /// `RUST_MIN_STACK` says.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.config.stack_size = Some(bytes);
        self
    }

    /// Calls `f` on every thread before its first task. If it returns an error or panics, the pool
    /// is broken for good: everything queued, and everything submitted later, fails with
    /// [`Broken`](crate::TaskErrorKind::Broken) and the cause. Tasks that run on other threads
    /// finish.
    pub fn initializer<E: fmt::Display>(
        mut self,
        f: impl Fn() -> Result<(), E> + Send + Sync + 'static,
    ) -> Self {
        let f = move || f().map_err(|error| error.to_string());
        self.config.initializer = Some(Arc::new(f));
        self
    }

    /// Lets a thread end that was idle for so long. The default is to keep it.
    pub fn keep_alive(mut self, idle: Duration) -> Self {
        self.config.keep_alive = Some(idle);
        self
    }

    /// Lets at most `n` tasks wait in the queue. The default is no bound.
    pub fn queue_capacity(mut self, n: usize) -> Self {
        self.config.queue_capacity = Some(n);
        self
    }

    /// Makes the pool. No thread is started yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the setting that cannot be, its value and what to pass instead.
    pub fn build(self) -> Result<ThreadPoolExecutor, BuildError> {
        ThreadPoolExecutor::with_config(self.config)
    }
}

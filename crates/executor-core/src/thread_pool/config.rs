use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use crate::error::BuildError;
use crate::panic;

/// Makes a worker ready; the error says why it could not.
pub(super) type Initializer = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// What a pool was asked to be. Plain data once it has been checked.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) max_workers: usize,
    pub(super) thread_name_prefix: Option<String>,
    pub(super) stack_size: Option<usize>,
    pub(super) initializer: Option<Initializer>,
    pub(super) keep_alive: Option<Duration>,
    pub(super) queue_capacity: Option<usize>,
}

/// How many workers a pool can count, spares included, with room to spare.
const MOST_WORKERS: usize = 1 << 14;

impl Config {
    pub(super) fn new() -> Self {
        Self {
            max_workers: num_cpus::get(),
            thread_name_prefix: None,
            stack_size: None,
            initializer: None,
            keep_alive: None,
            queue_capacity: None,
        }
    }

    /// The one place that refuses a wish.
    pub(super) fn validate(&self) -> Result<(), BuildError> {
        let refuse = |message: String| Err(BuildError::new(message));
        if self.max_workers == 0 {
            return refuse(
                "max_workers(0): a pool without workers could run nothing; pass at least 1, \
                 or leave it out for one worker per core"
                    .into(),
            );
        }
        if self.max_workers > MOST_WORKERS {
            return refuse(format!(
                "max_workers({}): a pool has at most {MOST_WORKERS} workers; pass fewer",
                self.max_workers
            ));
        }
        if self.queue_capacity == Some(0) {
            return refuse(
                "queue_capacity(0): a queue without places could take nothing; pass at \
                 least 1, or leave it out for an unbounded queue"
                    .into(),
            );
        }
        if self.stack_size == Some(0) {
            return refuse(
                "stack_size(0): a thread needs a stack; pass a number of bytes, or leave it \
                 out for the usual size"
                    .into(),
            );
        }
        match &self.thread_name_prefix {
            Some(prefix) if prefix.contains('\0') => refuse(format!(
                "thread_name_prefix({prefix:?}): a thread's name cannot contain a NUL; leave it out"
            )),
            _ => Ok(()),
        }
    }

    /// Makes the calling thread ready to run tasks; the error says why it is not.
    pub(super) fn initialize(&self) -> Result<(), String> {
        let Some(initializer) = &self.initializer else { return Ok(()) };
        match panic::catch(|| initializer()) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(cause)) => Err(format!("the initializer of a worker failed: {cause}")),
            Err(error) => Err(format!("the initializer of a worker failed: {error}")),
        }
    }

    /// The prefix asked for, or the next default one.
    pub(super) fn name_prefix(&self) -> String {
        static POOLS: AtomicUsize = AtomicUsize::new(0);
        self.thread_name_prefix
            .clone()
            .unwrap_or_else(|| format!("ThreadPoolExecutor-{}", POOLS.fetch_add(1, Relaxed)))
    }

    /// The size of a worker's stack in bytes: as asked for, else as std chooses.
    pub(super) fn stack_bytes(&self) -> usize {
        const USUAL: usize = 2 << 20;
        let environment = || std::env::var("RUST_MIN_STACK").ok()?.parse().ok();
        self.stack_size.or_else(environment).unwrap_or(USUAL)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("max_workers", &self.max_workers)
            .field("thread_name_prefix", &self.thread_name_prefix)
            .field("stack_size", &self.stack_size)
            .field("initializer", &self.initializer.as_ref().map(|_| ".."))
            .field("keep_alive", &self.keep_alive)
            .field("queue_capacity", &self.queue_capacity)
            .finish()
    }
}

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use executor_sync::process::Luggage;

use crate::error::BuildError;
use crate::process::{self, Initializer};

use super::options::{StartMethod, WorkerOutput};

/// What a pool was asked to be. Plain data once it has been checked.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) max_workers: usize,
    /// The initializer with its encoded argument, or why it cannot travel.
    pub(super) initializer: Option<Result<Initializer, String>>,
    /// What the initializer's argument refers to, kept as long as the pool.
    pub(super) _luggage: Luggage,
    pub(super) max_tasks_per_child: Option<u32>,
    pub(super) task_timeout: Option<Duration>,
    pub(super) retries: u32,
    pub(super) start_timeout: Duration,
    pub(super) memory_limit: Option<u64>,
    pub(super) env: Vec<(OsString, OsString)>,
    pub(super) current_dir: Option<PathBuf>,
    pub(super) queue_capacity: Option<usize>,
    pub(super) max_message_size: u64,
    pub(super) stdout: WorkerOutput,
    pub(super) stderr: WorkerOutput,
    pub(super) start_method: StartMethod,
}

const MOST_WORKERS: usize = 1 << 12;

impl Config {
    pub(super) fn new() -> Self {
        Self {
            max_workers: num_cpus::get(),
            initializer: None,
            _luggage: Luggage::default(),
            max_tasks_per_child: None,
            task_timeout: None,
            retries: 0,
            start_timeout: Duration::from_secs(10),
            memory_limit: None,
            env: Vec::new(),
            current_dir: None,
            queue_capacity: None,
            max_message_size: 1 << 30,
            stdout: WorkerOutput::Inherit,
            stderr: WorkerOutput::Inherit,
            start_method: StartMethod::Spawn,
        }
    }

    /// The one place that refuses a wish.
    pub(super) fn validate(&self) -> Result<(), BuildError> {
        let refuse = |message: String| Err(BuildError::new(message));
        if let Some(message) = self.zero() {
            return refuse(message);
        }
        if self.max_workers > MOST_WORKERS {
            return refuse(format!(
                "max_workers({}): a pool has at most {MOST_WORKERS} worker processes; pass fewer",
                self.max_workers
            ));
        }
        if let Some(Err(why)) = &self.initializer {
            return refuse(format!("initializer: {why}"));
        }
        for (key, value) in &self.env {
            let bytes = key.as_encoded_bytes();
            if bytes.is_empty() || bytes.contains(&b'=') || bytes.contains(&0) {
                return refuse(format!(
                    "env({key:?}, ..): the name of a variable is not empty and has neither `=` nor NUL in it"
                ));
            }
            if value.as_encoded_bytes().contains(&0) {
                return refuse(format!("env({key:?}, {value:?}): a value has no NUL in it"));
            }
        }
        if let Some(path) = &self.current_dir
            && !path.is_dir()
        {
            return refuse(format!(
                "current_dir({}): this is no directory that can be entered; create it first",
                path.display()
            ));
        }
        Self::permitted()
    }

    fn zero(&self) -> Option<String> {
        let zero = |name: &str, what: &str| {
            Some(format!("{name}(0): {what}; pass at least 1, or leave it out for the default"))
        };
        if self.max_workers == 0 {
            return zero("max_workers", "a pool without workers could run nothing");
        }
        if self.queue_capacity == Some(0) {
            return zero("queue_capacity", "a queue without places could take nothing");
        }
        if self.max_tasks_per_child == Some(0) {
            return zero("max_tasks_per_child", "a worker that may run nothing is of no use");
        }
        if self.memory_limit == Some(0) {
            return zero("memory_limit", "a worker without memory cannot start");
        }
        if self.max_message_size == 0 {
            return zero("max_message_size", "nothing could be sent to a worker");
        }
        if self.start_timeout.is_zero() {
            return zero("start_timeout", "no worker starts in no time");
        }
        None
    }

    /// Whether this process may have worker processes.
    fn permitted() -> Result<(), BuildError> {
        if !cfg!(target_os = "linux") {
            return Err(BuildError::new(
                "worker processes are supported on Linux only so far; use a ThreadPoolExecutor here",
            ));
        }
        process::permitted().map_err(|refusal| BuildError::new(refusal.to_string()))
    }

    /// The name of a new pool.
    pub(super) fn name() -> String {
        static POOLS: AtomicUsize = AtomicUsize::new(0);
        format!("ProcessPoolExecutor-{}", POOLS.fetch_add(1, Relaxed))
    }
}

//! The threads of a pool on which rayon's parallel iterators run.
//!
//! rayon cannot run on threads that also take tasks from our queue, so a pool that is asked for
//! them starts as many threads more, with its own names, stacks and initializer. They sleep while
//! nobody installs anything, and end, and are joined, with the pool.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

/// The team of one pool, mustered when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Team {
    pool: Mutex<Option<Arc<ThreadPool>>>,
}

/// Says whether the initializer succeeded on one thread, and which error it ended with.
pub(super) type Report = mpsc::Sender<Result<(), String>>;

impl Team {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<ThreadPool>>> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The team, mustered now if it has not been; `start` starts a thread that reports once and
    /// then runs its part. Unless `open` says so under the lock, there will be none any more.
    pub(super) fn muster(
        &self,
        size: usize,
        open: impl Fn() -> bool,
        mut start: impl FnMut(ThreadBuilder, Report) -> io::Result<()>,
    ) -> Result<Arc<ThreadPool>, Option<String>> {
        let mut team = self.lock();
        if !open() {
            return Err(None);
        }
        if let Some(pool) = &*team {
            return Ok(Arc::clone(pool));
        }
        let (report, reports) = mpsc::channel();
        let pool = ThreadPoolBuilder::new()
            .num_threads(size)
            .spawn_handler(|thread| start(thread, report.clone()))
            .build()
            .map_err(|error| Some(format!("threads for rayon could not be started: {error}")))?;
        drop(report);
        // Every thread reports before it begins, and a thread that dies first drops its sender.
        reports.iter().try_for_each(|report| report).map_err(Some)?;
        Ok(Arc::clone(team.insert(Arc::new(pool))))
    }

    /// Lets the threads end once nothing is installed any more. False: the caller is one of them,
    /// and must not wait for their end.
    pub(super) fn dismiss(&self) -> bool {
        let pool = self.lock().take();
        pool.is_none_or(|pool| pool.current_thread_index().is_none())
    }
}

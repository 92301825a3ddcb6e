//! Where worker processes are not supported yet: a pool cannot be built, so nothing here can be
//! called.

use std::convert::Infallible;
use std::time::Duration;

use crate::error::{BuildError, StillRunning, TrySubmitError};
use crate::executor::{Payload, PoolStats, Shutdown};
use crate::future::Future;
use crate::map::Map;

use super::config::Config;
use super::options::TaskOptions;

/// Runs functions in worker processes. On this system [`new`](Self::new) and the builder return an
/// error.
#[derive(Debug)]
pub struct ProcessPoolExecutor {
    never: Infallible,
}

impl ProcessPoolExecutor {
    /// Returns an error on this system.
    ///
    /// # Errors
    ///
    /// [`BuildError`], always.
    pub fn new(max_workers: usize) -> Result<Self, BuildError> {
        Self::builder().max_workers(max_workers).build()
    }

    pub(super) fn with_config(config: Config) -> Result<Self, BuildError> {
        config.validate()?;
        Err(BuildError::new("worker processes are not supported on this system"))
    }

    /// Runs `f(arg)` in a worker process.
    pub fn submit<A: Payload, R: Payload>(&self, _f: fn(A) -> R, _arg: A) -> Future<R> {
        match self.never {}
    }

    /// Runs `f(arg)` in a worker process, with a timeout or retries of its own.
    pub fn submit_with<A: Payload, R: Payload>(
        &self,
        _options: TaskOptions,
        _f: fn(A) -> R,
        _arg: A,
    ) -> Future<R> {
        match self.never {}
    }

    /// Like [`submit`](Self::submit), but never waits.
    ///
    /// # Errors
    ///
    /// [`TrySubmitError`] hands the argument back.
    pub fn try_submit<A: Payload, R: Payload>(
        &self,
        _f: fn(A) -> R,
        _arg: A,
    ) -> Result<Future<R>, TrySubmitError<A>> {
        match self.never {}
    }

    /// Calls `f` on every item in worker processes.
    pub fn map<'a, A: Payload, R: Payload, I>(&'a self, _f: fn(A) -> R, _items: I) -> Map<'a, R>
    where
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a,
    {
        match self.never {}
    }

    /// How many worker processes run tasks at a time, at most.
    pub fn max_workers(&self) -> usize {
        match self.never {}
    }

    /// The process ids of the workers that live now.
    pub fn worker_pids(&self) -> Vec<u32> {
        match self.never {}
    }

    /// What the pool is doing.
    pub fn stats(&self) -> PoolStats {
        match self.never {}
    }

    /// Refuses new work, and waits for all accepted work.
    pub fn shutdown(&self) {
        match self.never {}
    }

    /// Shuts down as the argument says.
    pub fn shutdown_with(&self, _how: Shutdown) {
        match self.never {}
    }

    /// [`shutdown`](Self::shutdown) that waits at most for `timeout`.
    ///
    /// # Errors
    ///
    /// [`StillRunning`] if workers still live then.
    pub fn shutdown_timeout(&self, _timeout: Duration) -> Result<(), StillRunning> {
        match self.never {}
    }

    /// Asks all workers to end.
    pub fn terminate_workers(&self) {
        match self.never {}
    }

    /// Ends all workers at once.
    pub fn kill_workers(&self) {
        match self.never {}
    }
}

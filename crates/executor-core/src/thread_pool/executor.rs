use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{BuildError, StillRunning, TrySpawnError};
use crate::executor::{Executor, Payload, PoolStats, Shutdown};
use crate::future::Future;
use crate::map::Map;

use super::config::Config;
use super::handle::ThreadPoolHandle;
use super::scope::{self, Scope};
use super::shared::Shared;
use super::worker;

/// A pool of threads that runs closures: Python's `ThreadPoolExecutor`.
///
/// - **Order.** If `spawn(a)` returns before `spawn(b)` is called, `a` leaves the queue before `b`,
///   unless one of them is cancelled or run in place by a task that waits for it.
/// - **Threads** start when there is work and none is idle, at most `max_workers`. An idle pool
///   uses no processor time at all. Workers are named `<prefix>_<index>`; without a keep-alive time
///   an idle one stays.
/// - **Waiting inside a task** for a task of the same pool cannot hang: a queued one is run in
///   place, a spare worker stands in for one that is blocked on any future (or inside
///   [`blocking`](crate::blocking)) when no other is free to go on, and a true circle of waits is
///   the error [`Deadlock`](crate::TaskErrorKind::Deadlock). A waiter never runs unrelated work.
/// - **Panics** end their task and nothing else.
/// - **Dropping** the executor is [`shutdown`](Self::shutdown): it waits for all accepted work.
///   Inside one of its own tasks it waits for all but the tasks that wait for that one.
/// - **After a fork** the child's copy is inert: it refuses work with
///   [`Broken`](crate::TaskErrorKind::Broken) and its drop waits for nobody.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(4).unwrap();
/// let word = String::from("borrowed by moving");
/// let length = pool.spawn(move || word.len());
/// assert_eq!(length.result().unwrap(), 18);
/// ```
#[doc(alias = "concurrent.futures")]
pub struct ThreadPoolExecutor {
    handle: ThreadPoolHandle,
}

impl ThreadPoolExecutor {
    /// Makes a pool of at most `max_workers` threads, none of which is started yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if `max_workers` is zero, or more than 16,384.
    pub fn new(max_workers: usize) -> Result<Self, BuildError> {
        let mut config = Config::new();
        config.max_workers = max_workers;
        Self::with_config(config)
    }

    pub(super) fn with_config(config: Config) -> Result<Self, BuildError> {
        config.validate()?;
        let shared = Shared::new(config, worker::run);
        Ok(Self { handle: ThreadPoolHandle::new(shared) })
    }

    fn shared(&self) -> &Arc<Shared> {
        self.handle.shared()
    }

    /// Queues a closure and returns its future at once.
    ///
    /// It cannot fail on the spot: after a shutdown, or when the pool is broken, the future has
    /// already finished with that error. With a `queue_capacity` it waits while the queue is full;
    /// a task that begins or is cancelled wakes it, and so does a shutdown, with a refusal. A task
    /// of this very pool never waits here but goes over the bound.
    pub fn spawn<F, R>(&self, f: F) -> Future<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.handle.spawn(f)
    }

    /// Like [`spawn`](Self::spawn), but never waits.
    ///
    /// # Errors
    ///
    /// [`TrySpawnError`] hands the closure back if the queue is full or the pool has been shut
    /// down. A broken pool is no such error: it gives a future that has failed.
    pub fn try_spawn<F, R>(&self, f: F) -> Result<Future<R>, TrySpawnError<F>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.handle.try_spawn(f)
    }

    /// Queues `f(arg)`; otherwise as [`spawn`](Self::spawn). Several arguments are a tuple.
    ///
    /// ```
    /// # use concurrent_futures::ThreadPoolExecutor;
    /// let pool = ThreadPoolExecutor::new(1).unwrap();
    /// assert_eq!(pool.submit(|(a, b)| a + b, (1, 2)).result().unwrap(), 3);
    /// ```
    pub fn submit<F, A, R>(&self, f: F, arg: A) -> Future<R>
    where
        F: FnOnce(A) -> R + Send + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        self.handle.submit(f, arg)
    }

    /// Calls `f` on every item and yields the results in the order of the items. See [`Map`].
    pub fn map<'a, F, A, R, I>(&'a self, f: F, items: I) -> Map<'a, R>
    where
        F: Fn(A) -> R + Send + Sync + 'static,
        A: Send + 'static,
        R: Send + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a,
    {
        self.handle.map(f, items)
    }

    /// Runs `f` with a [`Scope`], whose tasks may borrow what outlives this call.
    ///
    /// Returns when `f` and all tasks of the scope have; the end of the last task wakes it. Inside
    /// a task of this pool it runs queued tasks of the scope in place.
    ///
    /// ```
    /// # use concurrent_futures::ThreadPoolExecutor;
    /// let pool = ThreadPoolExecutor::new(2).unwrap();
    /// let words = ["to", "be"];
    /// let (first, second) = pool.scope(|s| {
    ///     let first = s.spawn(|| words[0].len());
    ///     let second = s.spawn(|| words[1].len());
    ///     (first.result().unwrap(), second.result().unwrap())
    /// });
    /// assert_eq!(first + second, 4);
    /// ```
    ///
    /// # Panics
    ///
    /// With the panic of `f`, or with the first panic of a task whose result nobody took.
    pub fn scope<'env, F, T>(&'env self, f: F) -> T
    where
        F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
    {
        scope::scope(self.shared(), f)
    }

    /// Runs `f`, whose parallel iterators of rayon then run on threads of this pool.
    ///
    /// Those are `max_workers` threads beside the workers, started at the first call with the
    /// pool's stack size and initializer and named `<prefix>_rayon_<index>`; unlike those of a
    /// `rayon::ThreadPool`, they have really ended when [`shutdown`](Self::shutdown) returns. `f`
    /// itself runs on one of them while the caller waits; inside a task of a pool another worker
    /// stands in for it.
    ///
    /// ```
    /// use concurrent_futures::ThreadPoolExecutor;
    /// use rayon::prelude::*;
    ///
    /// let pool = ThreadPoolExecutor::new(2).unwrap();
    /// let sum: u64 = pool.install(|| (1..=1000_u64).into_par_iter().map(|n| n * n).sum());
    /// assert_eq!(sum, 333_833_500);
    /// ```
    ///
    /// # Panics
    ///
    /// With the panic of `f`; and, saying why, if the pool has been shut down or is broken, if its
    /// threads cannot be started, or if it belongs to the process from which this one was forked.
    #[cfg(all(feature = "rayon", not(shuttle)))]
    pub fn install<R: Send>(&self, f: impl FnOnce() -> R + Send) -> R {
        match self.shared().team() {
            Ok(team) => super::blocking::blocking(|| team.install(f)),
            Err(error) => panic!("install(): {error}"),
        }
    }

    /// A way to hand work over that can be cloned and sent, for tasks that submit tasks.
    pub fn handle(&self) -> ThreadPoolHandle {
        self.handle.clone()
    }

    /// How many threads work at a time.
    pub fn max_workers(&self) -> usize {
        self.shared().config.max_workers
    }

    /// Refuses new work, waits for all accepted work, and joins the threads. Idempotent.
    ///
    /// The end of the last worker wakes it. Inside a task of this pool it waits for all other work
    /// but not for tasks that wait for the calling one, nor for tasks that shut the pool down too.
    pub fn shutdown(&self) {
        self.shutdown_with(Shutdown::default());
    }

    /// Shuts down as the argument says. `wait: false` returns at once, and accepted work goes on in
    /// the background; a later `shutdown()` waits for it.
    pub fn shutdown_with(&self, how: Shutdown) {
        let ended = self.shared().shut_down(how, None);
        debug_assert!(ended.is_ok(), "a shutdown without a deadline ends");
    }

    /// [`shutdown`](Self::shutdown) that waits at most for `timeout`. Zero never sleeps;
    /// `Duration::MAX` is for ever.
    ///
    /// # Errors
    ///
    /// [`StillRunning`] if workers still live then; the shutdown goes on in the background.
    pub fn shutdown_timeout(&self, timeout: Duration) -> Result<(), StillRunning> {
        let deadline = Instant::now().checked_add(timeout);
        self.shared().shut_down(Shutdown::default(), deadline).map_err(StillRunning::new)
    }

    /// What the pool is doing.
    pub fn stats(&self) -> PoolStats {
        self.shared().stats()
    }
}

impl Executor for ThreadPoolExecutor {
    fn submit<A: Payload, R: Payload>(&self, f: fn(A) -> R, arg: A) -> Future<R> {
        self.handle.submit(f, arg)
    }

    fn map<'a, A: Payload, R: Payload, I>(&'a self, f: fn(A) -> R, items: I) -> Map<'a, R>
    where
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a,
    {
        self.handle.map(f, items)
    }

    fn max_workers(&self) -> usize {
        self.max_workers()
    }

    fn shutdown_with(&self, how: Shutdown) {
        self.shutdown_with(how);
    }
}

impl Default for ThreadPoolExecutor {
    /// One worker for each core.
    fn default() -> Self {
        Self::with_config(Config::new()).expect("the defaults are valid")
    }
}

impl Drop for ThreadPoolExecutor {
    fn drop(&mut self) {
        if self.shared().inherited() {
            // What the parent's threads held at the fork stays held here for ever: touch nothing.
            std::mem::forget(self.handle.clone());
        } else {
            self.shutdown();
        }
    }
}

impl fmt::Debug for ThreadPoolExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPoolExecutor")
            .field("max_workers", &self.max_workers())
            .field("stats", &self.stats())
            .finish()
    }
}

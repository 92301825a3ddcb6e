//! The contract that all executors share.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::future::Future;
use crate::map::Map;

/// What can travel to a worker and back, wherever the worker is. Implemented for every such type.
pub trait Payload: Serialize + DeserializeOwned + Send + 'static {}

impl<T: Serialize + DeserializeOwned + Send + 'static> Payload for T {}

/// Something that runs functions: threads, worker processes, or the caller itself.
///
/// Code written against `&impl Executor` runs on any of them. A function is handed over as a plain
/// `fn` pointer with its argument, because both may have to travel; a closure that captures nothing
/// coerces to one, and several arguments are a tuple. Python's `concurrent.futures.Executor`.
///
/// Dropping an executor is [`shutdown`](Self::shutdown).
///
/// ```
/// use concurrent_futures::{Executor, SequentialExecutor, ThreadPoolExecutor};
///
/// fn sum_of_squares(executor: &impl Executor) -> u64 {
///     executor.map(|n: u64| n * n, 1..=10).map(|square| square.unwrap()).sum()
/// }
///
/// assert_eq!(sum_of_squares(&SequentialExecutor::new()), 385);
/// assert_eq!(sum_of_squares(&ThreadPoolExecutor::new(2).unwrap()), 385);
/// ```
pub trait Executor {
    /// Runs `f(arg)` and returns its future at once.
    ///
    /// It cannot fail on the spot: work that is refused comes back as a future that has already
    /// finished, with [`ShutDown`](crate::TaskErrorKind::ShutDown) or
    /// [`Broken`](crate::TaskErrorKind::Broken).
    fn submit<A: Payload, R: Payload>(&self, f: fn(A) -> R, arg: A) -> Future<R>;

    /// Calls `f` on every item, and yields the results in the order of the items. See [`Map`].
    fn map<'a, A: Payload, R: Payload, I>(&'a self, f: fn(A) -> R, items: I) -> Map<'a, R>
    where
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a;

    /// How many tasks it runs at a time.
    fn max_workers(&self) -> usize;

    /// Refuses new work, waits for all accepted work, and joins the workers. Idempotent.
    fn shutdown(&self) {
        self.shutdown_with(Shutdown::default());
    }

    /// Shuts down as the argument says.
    fn shutdown_with(&self, how: Shutdown);
}

/// How to shut an executor down.
///
/// ```
/// use concurrent_futures::{Executor, Shutdown, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::new(1).unwrap();
/// pool.shutdown_with(Shutdown { cancel_futures: true, ..Shutdown::default() });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shutdown {
    /// Return only when all accepted work is done and the workers have ended.
    pub wait: bool,
    /// Cancel what has not begun.
    pub cancel_futures: bool,
}

impl Default for Shutdown {
    /// Wait, and cancel nothing.
    fn default() -> Self {
        Self { wait: true, cancel_futures: false }
    }
}

/// What a pool is doing at the moment.
///
/// The figures are read one after another while the pool goes on; they add up when it is at rest.
/// Of a `map`, a chunk counts as one task; but those of its items that have ended in a worker process
/// are counted singly in `finished`, as each can end in its own way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolStats {
    /// Workers that live, spare ones included.
    pub workers: usize,
    /// Workers that have nothing to do.
    pub idle: usize,
    /// Tasks that have not begun.
    pub queued: usize,
    /// Tasks that run.
    pub running: usize,
    /// Tasks that have returned or panicked.
    pub finished: u64,
    /// Tasks that were cancelled before they began.
    pub cancelled: u64,
}

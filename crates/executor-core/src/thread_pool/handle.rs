use std::fmt;
use std::sync::Arc;

use crate::error::TrySpawnError;
use crate::future::Future;
use crate::map::{Chunk, Map, Pace, Source};

use super::shared::{Refusal, Shared, refused};

/// A way to hand work to a [`ThreadPoolExecutor`](crate::ThreadPoolExecutor) from anywhere, its own
/// tasks included. It can be cloned, and does not keep the pool open: after the shutdown it gets
/// refusals.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(1).unwrap();
/// let handle = pool.handle();
/// // A task that waits for a task of its own pool, even one with a single worker, does not hang.
/// let outer = pool.spawn(move || handle.spawn(|| 20).result().unwrap() + 1);
/// assert_eq!(outer.result().unwrap(), 21);
/// ```
#[derive(Clone)]
pub struct ThreadPoolHandle {
    shared: Arc<Shared>,
}

impl ThreadPoolHandle {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// See [`ThreadPoolExecutor::spawn`](crate::ThreadPoolExecutor::spawn).
    pub fn spawn<F, R>(&self, f: F) -> Future<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.shared.spawn(f)
    }

    /// See [`ThreadPoolExecutor::try_spawn`](crate::ThreadPoolExecutor::try_spawn).
    ///
    /// # Errors
    ///
    /// [`TrySpawnError`] hands the closure back.
    pub fn try_spawn<F, R>(&self, f: F) -> Result<Future<R>, TrySpawnError<F>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.shared.try_spawn(f)
    }

    /// See [`ThreadPoolExecutor::submit`](crate::ThreadPoolExecutor::submit).
    pub fn submit<F, A, R>(&self, f: F, arg: A) -> Future<R>
    where
        F: FnOnce(A) -> R + Send + 'static,
        A: Send + 'static,
        R: Send + 'static,
    {
        self.shared.spawn(move || f(arg))
    }

    /// See [`ThreadPoolExecutor::map`](crate::ThreadPoolExecutor::map).
    pub fn map<'a, F, A, R, I>(&self, f: F, items: I) -> Map<'a, R>
    where
        F: Fn(A) -> R + Send + Sync + 'static,
        A: Send + 'static,
        R: Send + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a,
    {
        let shared = Arc::clone(&self.shared);
        let pace = Pace::adaptive(shared.config.max_workers);
        let start = move |chunk: Chunk<F, A>, patience| match shared.admit(patience) {
            Ok(()) => Ok(shared.enqueue(chunk.into_task())),
            Err(Refusal::Full) => Err(chunk),
            Err(Refusal::Never(error)) => Ok(refused(error)),
        };
        Map::new(Source::new(items.into_iter(), f, start), pace)
    }
}

impl fmt::Debug for ThreadPoolHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPoolHandle").field("stats", &self.shared.stats()).finish()
    }
}

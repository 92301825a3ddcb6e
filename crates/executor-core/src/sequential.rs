//! The executor that runs everything on the caller.

use std::sync::atomic::{AtomicBool, Ordering::*};

use crate::error::TaskError;
use crate::executor::{Executor, Payload, Shutdown};
use crate::future::{Future, promise};
use crate::map::{Chunk, Map, Pace, Source};
use crate::panic;

/// Runs every task on the thread that submits it, before `submit` returns.
///
/// For tests and for debugging: replacing a pool by this one takes the concurrency out and leaves
/// the rest, panics as errors included.
///
/// ```
/// use concurrent_futures::{Executor, SequentialExecutor};
///
/// let executor = SequentialExecutor::new();
/// let future = executor.submit(|(a, b)| a + b, (1, 2));
/// assert!(future.done());
/// assert_eq!(future.result().unwrap(), 3);
/// ```
#[derive(Debug, Default)]
pub struct SequentialExecutor {
    shut_down: AtomicBool,
}

impl SequentialExecutor {
    /// Makes one.
    pub fn new() -> Self {
        Self::default()
    }

    fn run<R>(&self, work: impl FnOnce() -> R) -> Future<R> {
        let (promise, future) = promise();
        // Acquire: partner of the Release in `shutdown_with`.
        let outcome = if self.shut_down.load(Acquire) {
            Err(TaskError::shut_down())
        } else {
            promise.set_running();
            let _observed = panic::observe();
            panic::catch(work)
        };
        let set = match outcome {
            Ok(value) => promise.set_result(value).is_ok(),
            Err(error) => promise.set_exception(error).is_ok(),
        };
        debug_assert!(set, "nobody else has the future yet");
        future
    }
}

impl Executor for SequentialExecutor {
    fn submit<A: Payload, R: Payload>(&self, f: fn(A) -> R, arg: A) -> Future<R> {
        self.run(|| f(arg))
    }

    fn map<'a, A: Payload, R: Payload, I>(&'a self, f: fn(A) -> R, items: I) -> Map<'a, R>
    where
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a,
    {
        let source = Source::new(items.into_iter(), f, |chunk: Chunk<_, _>, _| {
            Ok(self.run(chunk.into_task()))
        });
        Map::new(source, Pace::one_by_one())
    }

    fn max_workers(&self) -> usize {
        1
    }

    fn shutdown_with(&self, _how: Shutdown) {
        self.shut_down.store(true, Release);
    }
}

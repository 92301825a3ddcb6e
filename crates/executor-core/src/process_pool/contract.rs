//! What the pool shares with all executors, on every system.

use crate::executor::{Executor, Payload, Shutdown};
use crate::future::Future;
use crate::map::Map;

#[cfg(not(target_os = "linux"))]
use super::elsewhere::ProcessPoolExecutor;
#[cfg(target_os = "linux")]
use super::executor::ProcessPoolExecutor;

impl Executor for ProcessPoolExecutor {
    fn submit<A: Payload, R: Payload>(&self, f: fn(A) -> R, arg: A) -> Future<R> {
        self.submit(f, arg)
    }

    fn map<'a, A: Payload, R: Payload, I>(&'a self, f: fn(A) -> R, items: I) -> Map<'a, R>
    where
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a,
    {
        self.map(f, items)
    }

    fn max_workers(&self) -> usize {
        self.max_workers()
    }

    fn shutdown_with(&self, how: Shutdown) {
        self.shutdown_with(how);
    }
}

use std::any::type_name;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{TaskError, TimeoutError};

use super::handle::Future;
use super::state::FutureState;

/// A [`Future`] with many owners, all of whom are lent the one result.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(2).unwrap();
/// let shared = pool.spawn(|| String::from("once")).shared();
/// let other = shared.clone();
/// let length = pool.spawn(move || other.result().unwrap().len());
/// assert_eq!(shared.result().unwrap(), "once");
/// assert_eq!(length.result().unwrap(), 4);
/// ```
pub struct SharedFuture<T> {
    future: Arc<Future<T>>,
}

impl<T> Future<T> {
    /// Turns this handle into one that can be cloned and lends the result to all.
    pub fn shared(self) -> SharedFuture<T> {
        SharedFuture { future: Arc::new(self) }
    }
}

impl<T> SharedFuture<T> {
    pub(super) fn future(&self) -> &Future<T> {
        &self.future
    }

    /// See [`Future::cancel`].
    pub fn cancel(&self) -> bool {
        self.future.cancel()
    }

    /// See [`Future::cancelled`].
    pub fn cancelled(&self) -> bool {
        self.future.cancelled()
    }

    /// See [`Future::running`].
    pub fn running(&self) -> bool {
        self.future.running()
    }

    /// See [`Future::done`].
    pub fn done(&self) -> bool {
        self.future.done()
    }

    /// See [`Future::state`].
    pub fn state(&self) -> FutureState {
        self.future.state()
    }

    /// See [`Future::wait`].
    ///
    /// # Panics
    ///
    /// If the wait could never end.
    pub fn wait(&self) {
        self.future.wait();
    }

    /// See [`Future::wait_timeout`].
    ///
    /// # Errors
    ///
    /// [`TimeoutError`] if the time was up first.
    ///
    /// # Panics
    ///
    /// If the wait could never end.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        self.future.wait_timeout(timeout)
    }

    /// Waits as [`Future::wait`] does, and lends the result.
    ///
    /// # Errors
    ///
    /// Why there is no result.
    ///
    /// # Panics
    ///
    /// If the wait could never end.
    pub fn result(&self) -> Result<&T, &TaskError> {
        self.wait();
        self.peek().expect("a released future shows its outcome")
    }

    /// See [`Future::peek`].
    pub fn peek(&self) -> Option<Result<&T, &TaskError>> {
        self.future.peek()
    }

    /// See [`Future::exception`].
    ///
    /// # Panics
    ///
    /// If the wait could never end.
    pub fn exception(&self) -> Option<&TaskError> {
        self.future.exception()
    }

    /// See [`Future::add_done_callback`].
    pub fn add_done_callback(&self, f: impl FnOnce(Result<&T, &TaskError>) + Send + 'static) {
        self.future.add_done_callback(f);
    }

    /// See [`Future::kill`].
    pub fn kill(&self) -> bool {
        self.future.kill()
    }
}

impl<T> Clone for SharedFuture<T> {
    fn clone(&self) -> Self {
        Self { future: Arc::clone(&self.future) }
    }
}

impl<T> fmt::Debug for SharedFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedFuture<{}>({:?})", type_name::<T>(), self.state())
    }
}

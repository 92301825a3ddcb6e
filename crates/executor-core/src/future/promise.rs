use std::any::type_name;
use std::fmt;

use crate::error::TaskError;

use super::cell::{Maker, unfulfilled};
use super::handle::Future;

/// The producer's half of a [`Future`], for people who write executors.
///
/// Dropped unset, it finishes the future with
/// [`TaskErrorKind::Abandoned`](crate::TaskErrorKind::Abandoned), so that nobody waits for ever.
///
/// ```
/// use concurrent_futures::promise;
///
/// let (promise, future) = promise();
/// std::thread::spawn(move || {
///     if promise.set_running() {
///         promise.set_result(7).unwrap();
///     }
/// });
/// assert_eq!(future.result().unwrap(), 7);
/// ```
#[must_use = "a dropped promise abandons its future"]
pub struct Promise<T> {
    maker: Maker<T>,
}

/// Makes the two halves of a result that is still to come.
///
/// ```
/// let (promise, future) = concurrent_futures::promise();
/// promise.set_result("here").unwrap();
/// assert_eq!(future.result().unwrap(), "here");
/// ```
pub fn promise<T>() -> (Promise<T>, Future<T>) {
    let (maker, ticket) = unfulfilled();
    (Promise { maker }, Future::new(ticket))
}

impl<T> Promise<T> {
    /// Announces that the work begins, after which it cannot be cancelled. True once; false if the
    /// future was cancelled, in which case the work should be dropped, or if it runs already.
    pub fn set_running(&self) -> bool {
        self.maker.start()
    }

    /// Finishes the future with a value. It is no error if nobody holds the future any more.
    ///
    /// # Errors
    ///
    /// The value comes back if the future was cancelled meanwhile.
    pub fn set_result(self, value: T) -> Result<(), T> {
        match self.maker.set(Ok(value)) {
            Err(Ok(value)) => Err(value),
            _ => Ok(()),
        }
    }

    /// Finishes the future with an error.
    ///
    /// # Errors
    ///
    /// The error comes back if the future was cancelled meanwhile.
    pub fn set_exception(self, error: TaskError) -> Result<(), TaskError> {
        match self.maker.set(Err(error)) {
            Err(Err(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Promise<{}>", type_name::<T>())
    }
}

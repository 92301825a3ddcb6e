use std::any::type_name;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::error::{TaskError, TimedOut, TimeoutError};

use super::cell::Ticket;
use super::rest::{self, Unrest};
use super::state::FutureState;

/// A result that may not be there yet: what `submit` and `spawn` return.
///
/// It has one owner. Dropping it detaches the task, which runs all the same; it never cancels.
/// [`shared`](Self::shared) turns it into a handle that can be cloned. It can be awaited on any
/// async runtime, where it yields `Result<T, TaskError>`.
///
/// The semantics are those of Python's `concurrent.futures.Future`, with three differences: a
/// cancelled future is done at once for everybody, callbacks run before waiters are let go, and
/// [`result`](Self::result) moves the value out.
///
/// What happened before the task was submitted is visible to the task, and what the task did is
/// visible to whoever saw it finished.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(2).unwrap();
/// let future = pool.spawn(|| 6 * 7);
/// assert_eq!(future.result().unwrap(), 42);
/// ```
pub struct Future<T> {
    ticket: Ticket<T>,
}

impl<T> Future<T> {
    pub(crate) fn new(ticket: Ticket<T>) -> Self {
        Self { ticket }
    }

    pub(crate) fn ticket(&self) -> &Ticket<T> {
        &self.ticket
    }

    /// Cancels the task if it has not begun. True: it will never run, because of this call or an
    /// earlier one. False: it runs or has finished; nothing is interrupted.
    ///
    /// When this returns true for the first time, the task's closure has been dropped, the
    /// callbacks have run on this thread, and every waiter has been let go.
    ///
    /// ```
    /// # use concurrent_futures::ThreadPoolExecutor;
    /// let pool = ThreadPoolExecutor::new(1).unwrap();
    /// let (go, wait) = std::sync::mpsc::channel::<()>();
    /// let running = pool.spawn(move || wait.recv());
    /// let queued = pool.spawn(|| unreachable!());
    /// assert!(queued.cancel() && queued.cancelled());
    /// drop(go);
    /// assert!(running.result().unwrap().is_err());
    /// ```
    pub fn cancel(&self) -> bool {
        self.ticket.header().cancel()
    }

    /// True once it has been cancelled.
    pub fn cancelled(&self) -> bool {
        self.ticket.header().snapshot().cancelled()
    }

    /// True while the task runs.
    pub fn running(&self) -> bool {
        self.ticket.header().inquire().running()
    }

    /// True once it has finished or was cancelled, from the first callback on.
    pub fn done(&self) -> bool {
        self.ticket.header().snapshot().finished()
    }

    /// How far the task has come.
    pub fn state(&self) -> FutureState {
        self.ticket.header().inquire().told()
    }

    /// Waits until the task has finished or was cancelled, and its callbacks have run.
    ///
    /// The completion or the cancellation wakes it. Called inside a task of the pool in whose queue
    /// the awaited task still waits, it runs that task in place; otherwise another worker stands in
    /// while it sleeps.
    ///
    /// A thread outside of the pools that takes hundreds of results in a row, each soon there, is
    /// not woken for each: it sleeps for a sixteenth of the time that they have taken so far, at
    /// most for a millisecond, and finds many when it looks again.
    ///
    /// # Panics
    ///
    /// If the wait could never end, because the awaited task waits for the calling one, or because
    /// the future came from the process from which this one was forked.
    pub fn wait(&self) {
        if let Err(unrest) = rest::until_released(self.ticket.header(), None) {
            panic!("{}", unrest.into_error());
        }
    }

    /// Like [`wait`](Self::wait), but at most for `timeout`. Zero never sleeps; `Duration::MAX` is
    /// for ever. The awaited task is never run in place, as that could take longer than allowed.
    ///
    /// # Errors
    ///
    /// [`TimeoutError`] if the time was up first. Nothing changed: ask again.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub fn wait_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        match rest::until_released(self.ticket.header(), rest::deadline(timeout)) {
            Ok(()) => Ok(()),
            Err(Unrest::TimedOut) => Err(TimeoutError::new(1, 1)),
            Err(unrest) => panic!("{}", unrest.into_error()),
        }
    }

    /// Waits as [`wait`](Self::wait) does, and takes the result.
    ///
    /// ```
    /// # use concurrent_futures::{ThreadPoolExecutor, TaskErrorKind};
    /// let pool = ThreadPoolExecutor::new(1).unwrap();
    /// let error = pool.spawn(|| [1][std::hint::black_box(3)]).result().unwrap_err();
    /// assert_eq!(error.kind(), TaskErrorKind::Panicked);
    /// ```
    ///
    /// # Errors
    ///
    /// Why there is no result: the task panicked, was cancelled or refused; or
    /// [`Deadlock`](crate::TaskErrorKind::Deadlock) if the wait could never end.
    ///
    /// # Panics
    ///
    /// If the result has been taken by awaiting a borrow of this future, or if this is called from
    /// one of the future's own callbacks, which borrow the result.
    pub fn result(self) -> Result<T, TaskError> {
        let Ok(outcome) = self.result_until(None) else {
            unreachable!("a wait without a deadline does not time out")
        };
        outcome
    }

    /// Like [`result`](Self::result), but at most for `timeout`. Zero never sleeps; `Duration::MAX`
    /// is for ever.
    ///
    /// # Errors
    ///
    /// [`TimedOut`] hands the future back if the time was up first.
    ///
    /// # Panics
    ///
    /// As [`result`](Self::result).
    pub fn result_timeout(self, timeout: Duration) -> Result<Result<T, TaskError>, TimedOut<Self>> {
        self.result_until(rest::deadline(timeout)).map_err(TimedOut::new)
    }

    /// The result, or the future itself at the deadline; `None` is for ever.
    pub(crate) fn result_until(
        mut self,
        deadline: Option<Instant>,
    ) -> Result<Result<T, TaskError>, Self> {
        match rest::until_released(self.ticket.header(), deadline) {
            Ok(()) => Ok(self.ticket.take_outcome()),
            Err(Unrest::TimedOut) => Err(self),
            Err(unrest) => Ok(Err(unrest.into_error())),
        }
    }

    /// The result if it is there and every callback has run; otherwise the future comes back. Never
    /// waits.
    ///
    /// # Errors
    ///
    /// The future itself, if there is nothing to take yet.
    ///
    /// # Panics
    ///
    /// If the result has been taken by awaiting a borrow of this future.
    pub fn try_result(mut self) -> Result<Result<T, TaskError>, Self> {
        if self.ticket.header().snapshot().released() {
            Ok(self.ticket.take_outcome())
        } else {
            Err(self)
        }
    }

    /// Looks at the outcome without taking it; `None` until the task is done. While callbacks still
    /// run, only the thread that runs them sees it, because `T` need not be `Sync`. Never waits.
    pub fn peek(&self) -> Option<Result<&T, &TaskError>> {
        self.ticket.visible()
    }

    /// Waits as [`wait`](Self::wait) does; `None` means that the task succeeded.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait).
    pub fn exception(&self) -> Option<&TaskError> {
        self.wait();
        self.peek().and_then(Result::err)
    }

    /// Calls `f` with the outcome once the task is done.
    ///
    /// Callbacks run once each, in the order added, on the thread that completed or cancelled the
    /// task, before any waiter is let go. If the task is done already `f` runs at once on this
    /// thread. A panic in it goes to the panic hook and nowhere else.
    ///
    /// ```
    /// # use concurrent_futures::ThreadPoolExecutor;
    /// # let pool = ThreadPoolExecutor::new(1).unwrap();
    /// let (tell, told) = std::sync::mpsc::channel();
    /// let future = pool.spawn(|| 5);
    /// future.add_done_callback(move |outcome| tell.send(*outcome.unwrap()).unwrap());
    /// assert_eq!(future.result().unwrap(), 5);
    /// assert_eq!(told.try_recv().unwrap(), 5); // it ran before result() returned
    /// ```
    pub fn add_done_callback(&self, f: impl FnOnce(Result<&T, &TaskError>) + Send + 'static) {
        self.ticket.call_back(Box::new(f));
    }

    /// Cancels the task, also while it runs in a worker process, which is ended for it. False: it
    /// had finished, or it runs on a thread, which nothing can stop.
    ///
    /// A killed task finishes with [`Killed`](crate::TaskErrorKind::Killed), a cancelled one as
    /// [`cancel`](Self::cancel) says. No other task is touched: those that were handed to the same
    /// worker and had not begun run elsewhere.
    pub fn kill(&self) -> bool {
        self.cancel() || self.ticket.header().kill()
    }
}

impl<T> std::future::Future for Future<T> {
    type Output = Result<T, TaskError>;

    /// # Panics
    ///
    /// When polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let ticket = &mut self.ticket;
        if ticket.header().orphaned() {
            return Poll::Ready(Err(TaskError::forked()));
        }
        let released = ticket.header().snapshot().released();
        if released || !ticket.listen_async(cx.waker().clone()) {
            return Poll::Ready(ticket.take_outcome());
        }
        Poll::Pending
    }
}

// The pointer inside is never pinned, and its cell is never left half changed by a panic.
impl<T> Unpin for Future<T> {}
impl<T> UnwindSafe for Future<T> {}
impl<T> RefUnwindSafe for Future<T> {}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Future<{}>({:?})", type_name::<T>(), self.state())
    }
}

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use slab::Slab;

use crate::error::TimeoutError;
use crate::fork;

use super::cell::Header;
use super::host::{Need, Wanted};
use super::rest::{self, Unrest};
use super::wait::distinct;
use super::waitable::Waitable;
use super::waiter::{Key, Sleeper, WaitSet, Waiter};

/// Yields futures as they finish: those done already first, in the order given, then the others in
/// the order of their completion.
///
/// It listens from the call on. Each completion costs the same however many futures there are, and
/// each future is handed out and forgotten; the same future given twice comes once. Dropping the
/// iterator stops listening and cancels nothing. Python's `concurrent.futures.as_completed`.
///
/// ```
/// use concurrent_futures::{ThreadPoolExecutor, as_completed};
///
/// let pool = ThreadPoolExecutor::new(2).unwrap();
/// let futures: Vec<_> = (1..=3).map(|n| pool.spawn(move || n)).collect();
/// let sum: i32 = as_completed(futures).map(|future| future.result().unwrap()).sum();
/// assert_eq!(sum, 6);
/// ```
pub fn as_completed<F: Waitable>(futures: impl IntoIterator<Item = F>) -> AsCompleted<F> {
    let futures = distinct(futures);
    let mut completed = AsCompleted::new();
    completed.open.reserve(futures.len());
    futures.into_iter().for_each(|future| completed.push(future));
    completed
}

/// The iterator made by [`as_completed`].
///
/// `next()` waits for a completion, which wakes it. Inside a task of a pool another worker stands
/// in while it sleeps.
///
/// # Panics
///
/// `next()` panics if the wait could never end, because the awaited tasks wait for the calling one,
/// or because a future came from the process from which this one was forked.
#[must_use = "iterators do nothing unless they are consumed"]
pub struct AsCompleted<F: Waitable> {
    set: Arc<WaitSet>,
    /// Those that are done, in the order in which they are handed out: as far as is known here,
    /// while the set may have heard of more.
    done: VecDeque<usize>,
    open: Slab<(F, Option<Key>)>,
    /// No future stands below this place.
    low: usize,
    /// How many there were in all.
    total: usize,
    /// The fork generation in which it was made; none, once a future was added that a fork left
    /// here.
    born: Option<u32>,
}

impl<F: Waitable> AsCompleted<F> {
    /// An iterator over futures that are still to be added.
    pub(crate) fn new() -> Self {
        Self {
            set: Arc::new(WaitSet::new(1, false)),
            done: VecDeque::new(),
            open: Slab::new(),
            low: 0,
            total: 0,
            born: Some(fork::generation()),
        }
    }

    /// Adds a future that is not among those pending.
    pub(crate) fn push(&mut self, future: F) {
        let index = self.open.vacant_key();
        if future.source().orphaned() {
            self.born = None;
        }
        let over = rest::over(future.source());
        let waiter = || Waiter::Set(Arc::clone(&self.set), index);
        let key = if over { None } else { future.source().listen(waiter()).ok() };
        if key.is_none() {
            self.done.push_back(index);
        }
        self.open.insert((future, key));
        self.low = self.low.min(index);
        self.total += 1;
    }

    /// Those that have not been handed out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &F> {
        self.open.iter().map(|(_, (future, _))| future)
    }

    /// The next future to finish, `None` at the end. Waits at most for `timeout`; zero never
    /// sleeps, `Duration::MAX` is for ever.
    ///
    /// # Errors
    ///
    /// [`TimeoutError`], which says how many have not been handed out, if the time was up first.
    ///
    /// # Panics
    ///
    /// As the iterator's `next`.
    pub fn next_timeout(&mut self, timeout: Duration) -> Result<Option<F>, TimeoutError> {
        match self.next_until(rest::deadline(timeout)) {
            Ok(next) => Ok(next),
            Err(Unrest::TimedOut) => Err(TimeoutError::new(self.pending(), self.total)),
            Err(unrest) => panic!("{}", unrest.into_error()),
        }
    }

    /// How many futures have not been handed out.
    pub fn pending(&self) -> usize {
        self.open.len()
    }

    /// Stops listening and hands back the futures that have not been handed out, in the order
    /// given.
    pub fn into_pending(mut self) -> Vec<F> {
        self.stop_listening();
        std::mem::take(&mut self.open).into_iter().map(|(_, (future, _))| future).collect()
    }

    /// The same as a stream, for async code.
    pub fn into_stream(self) -> AsCompletedStream<F> {
        AsCompletedStream { inner: self }
    }

    pub(crate) fn next_until(&mut self, deadline: Option<Instant>) -> Result<Option<F>, Unrest> {
        loop {
            if let Some(future) = self.take_ready() {
                return Ok(Some(future));
            }
            if self.open.is_empty() {
                return Ok(None);
            }
            self.refuse_orphans()?;
            let open = Open(&self.open, self.low);
            rest::until_gathered(&self.set, Need::Any(&open), deadline)?;
        }
    }

    pub(crate) fn poll_until_ready(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<F>, Unrest>> {
        loop {
            if let Some(future) = self.take_ready() {
                return Poll::Ready(Ok(Some(future)));
            }
            if self.open.is_empty() {
                return Poll::Ready(Ok(None));
            }
            self.refuse_orphans()?;
            if self.set.sleep(Sleeper::Task(cx.waker().clone())) {
                return Poll::Pending;
            }
        }
    }

    fn take_ready(&mut self) -> Option<F> {
        if self.done.is_empty() {
            self.set.take(&mut self.done);
        }
        let index = self.done.pop_front()?;
        let (future, _) = self.open.remove(index);
        while self.low < index && !self.open.contains(self.low) {
            self.low += 1;
        }
        Some(future)
    }

    /// A pending future that was inherited through a fork would be waited for in vain.
    fn refuse_orphans(&self) -> Result<(), Unrest> {
        let forked = self.born != Some(fork::generation());
        let orphaned = forked && self.iter().any(|future| future.source().orphaned());
        if orphaned { Err(Unrest::Orphaned) } else { Ok(()) }
    }

    fn stop_listening(&mut self) {
        for (_, (future, key)) in &self.open {
            if let Some(key) = *key
                && !rest::over(future.source())
            {
                future.source().unlisten(key);
            }
        }
    }
}

impl<F: Waitable> Iterator for AsCompleted<F> {
    type Item = F;

    fn next(&mut self) -> Option<F> {
        self.next_until(None).unwrap_or_else(|unrest| panic!("{}", unrest.into_error()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.pending(), Some(self.pending()))
    }
}

impl<F: Waitable> ExactSizeIterator for AsCompleted<F> {}
impl<F: Waitable> std::iter::FusedIterator for AsCompleted<F> {}

impl<F: Waitable> Drop for AsCompleted<F> {
    fn drop(&mut self) {
        self.stop_listening();
    }
}

impl<F: Waitable> fmt::Debug for AsCompleted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AsCompleted({} of {} pending)", self.pending(), self.total)
    }
}

/// [`AsCompleted`] for async code, made by [`AsCompleted::into_stream`].
#[must_use = "streams do nothing unless they are polled"]
pub struct AsCompletedStream<F: Waitable> {
    inner: AsCompleted<F>,
}

// The futures inside are moved out by value and never pinned.
impl<F: Waitable> Unpin for AsCompletedStream<F> {}

impl<F: Waitable> Stream for AsCompletedStream<F> {
    type Item = F;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F>> {
        let next = self.inner.poll_until_ready(cx);
        next.map(|next| next.unwrap_or_else(|unrest| panic!("{}", unrest.into_error())))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl<F: Waitable> fmt::Debug for AsCompletedStream<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

struct Open<'a, F>(&'a Slab<(F, Option<Key>)>, usize);

impl<F: Waitable> Open<'_, F> {
    fn headers(&self) -> impl Iterator<Item = &Header> {
        let end = self.0.capacity();
        let open = (self.1..end).filter_map(|index| self.0.get(index));
        open.map(|(future, _)| future.source())
    }
}

impl<F: Waitable> Wanted for Open<'_, F> {
    fn all(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        self.headers().all(|header| header.released() || holds(header))
    }

    fn any(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        self.headers().any(|header| header.released() || holds(header))
    }
}

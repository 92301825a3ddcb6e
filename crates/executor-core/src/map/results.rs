use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use crate::error::{TaskError, TaskErrorKind};
use crate::future::{AsCompleted, Future, Unrest};

use super::batch::Batch;
use super::hand_out::HandOut;
use super::pace::Pace;
use super::source::{Feed, Patience};

/// The results of `map`, in the order of the items: an iterator of `Result<R, TaskError>`.
///
/// It is lazy: items are pulled from the source and started when the first result is asked for, or
/// at [`start`](Self::start), and then only so far ahead as [`buffersize`](Self::buffersize)
/// allows, so an endless source needs bounded memory. A panic of one item is that item's error, and
/// the iteration goes on. A panic of the source is the caller's, out of `next()`.
///
/// After a shutdown of the executor in mid-iteration: what has finished, then one error of kind
/// [`ShutDown`](TaskErrorKind::ShutDown), then `None`.
///
/// Dropping it cancels what has not begun, also inside a chunk that has; items that run finish.
///
/// Inside a task of the same pool the chunk that is waited for is run in place if it has not begun.
///
/// The meaning is that of Python's `Executor.map`, except for laziness and errors.
///
/// ```
/// use concurrent_futures::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::new(2).unwrap();
/// let squares = pool.map(|n: u64| n * n, 0..).buffersize(100);
/// let first: Vec<u64> = squares.take(4).map(|square| square.unwrap()).collect();
/// assert_eq!(first, [0, 1, 4, 9]);
/// ```
#[must_use = "a map does nothing until its first result is taken or it is started"]
pub struct Map<'a, R> {
    feed: Box<dyn Feed<R> + 'a>,
    pace: Pace,
    timeout: Option<Duration>,
    unordered: bool,
    phase: Phase,
    flights: Flights<R>,
    /// How many items have been pulled and lie in `flights`.
    pulled: usize,
    /// Why no more items are taken, once the executor has refused some; the last result.
    refusal: Option<TaskError>,
    /// The rest of the chunk that is being handed out.
    current: HandOut<R>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Started { deadline: Option<Instant> },
    Ended,
}

/// The chunks on their way.
enum Flights<R> {
    Ordered(VecDeque<Future<Batch<R>>>),
    Unordered(AsCompleted<Future<Batch<R>>>),
}

impl<'a, R> Map<'a, R> {
    pub(crate) fn new(feed: impl Feed<R> + 'a, pace: Pace) -> Self {
        Self {
            feed: Box::new(feed),
            pace,
            timeout: None,
            unordered: false,
            phase: Phase::Fresh,
            flights: Flights::Ordered(VecDeque::new()),
            pulled: 0,
            refusal: None,
            current: HandOut::nothing(),
        }
    }

    /// Sends `n` items at a time. The default adapts, aiming at 50 to 100 microseconds of work.
    ///
    /// # Panics
    ///
    /// If `n` is zero or the map has started.
    pub fn chunksize(mut self, n: usize) -> Self {
        self.assert_fresh("chunksize", n);
        self.pace.set_chunksize(n);
        self
    }

    /// Lets at most `n` items be pulled from the source and not yet yielded, at any moment. The
    /// default is bounded too: some ten thousand tiny items, or a hundred chunks of slow ones, for
    /// each worker.
    ///
    /// # Panics
    ///
    /// If `n` is zero or the map has started.
    pub fn buffersize(mut self, n: usize) -> Self {
        self.assert_fresh("buffersize", n);
        self.pace.set_buffersize(n);
        self
    }

    /// Ends the iteration `timeout` after its start: one error of kind
    /// [`TimedOut`](TaskErrorKind::TimedOut), then `None`, and what has not begun is cancelled.
    /// Results that are there are yielded even then. `Duration::MAX` is for ever.
    ///
    /// # Panics
    ///
    /// If the map has started.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.assert_fresh("timeout", 1);
        self.timeout = Some(timeout);
        self
    }

    /// Yields results as they come, chunk by chunk, instead of in the order of the items.
    ///
    /// # Panics
    ///
    /// If the map has started.
    pub fn unordered(mut self) -> Self {
        self.assert_fresh("unordered", 1);
        self.unordered = true;
        self
    }

    /// Pulls and starts items now rather than when the first result is asked for.
    ///
    /// # Panics
    ///
    /// If the map has started.
    pub fn start(mut self) -> Self {
        self.assert_fresh("start", 1);
        self.begin();
        self.fill(Patience::Never);
        self
    }

    fn assert_fresh(&self, setter: &str, n: usize) {
        assert!(n > 0, "{setter}(0): a map cannot work with none; pass at least 1");
        assert!(
            self.phase == Phase::Fresh,
            "{setter}() on a map that has started; call it before start() and before the first item \
             is taken"
        );
    }

    /// Starts the clock, once.
    pub(super) fn begin(&mut self) {
        if self.phase == Phase::Fresh {
            let deadline = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
            self.phase = Phase::Started { deadline };
            if self.unordered {
                self.flights = Flights::Unordered(AsCompleted::new());
            }
        }
    }

    pub(super) fn ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Started { deadline } => deadline,
            _ => None,
        }
    }

    /// Pulls and starts as many items as may be on their way. Waits for the executor only if there
    /// is nothing else to wait for.
    pub(super) fn fill(&mut self, patience: Patience) {
        while self.refusal.is_none() && !self.late() {
            if !self.feed.holds() {
                let left = self.feed.size_hint().1;
                let n = self.pace.next(self.pulled, self.flights.len(), left);
                let pulled = if n == 0 { 0 } else { self.feed.pull(n) };
                if pulled == 0 {
                    return;
                }
                self.pulled += pulled;
            }
            let busy = self.flights.len() > 0;
            let patience = if busy { Patience::Never } else { patience };
            let Some(future) = self.feed.start(patience) else { return };
            if matches!(future.peek(), Some(Err(_))) {
                // What was accepted before this was refused comes first.
                self.refusal = future.result().err();
            } else {
                self.flights.push(future);
            }
        }
    }

    /// The time is up.
    fn late(&self) -> bool {
        self.deadline().is_some_and(|at| Instant::now() >= at)
    }

    /// There is more to come than what is on its way.
    fn has_more(&self) -> bool {
        self.feed.holds() || self.feed.size_hint() != (0, Some(0))
    }

    /// The next result of the chunk that is being handed out.
    #[inline]
    pub(super) fn at_hand(&mut self) -> Option<Result<R, TaskError>> {
        self.current.next()
    }

    pub(super) fn poll_flight(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Batch<R>, TaskError>>> {
        self.flights.poll(cx)
    }

    /// Begins to hand out a chunk, or ends with the reason why there is none. `None` without an end
    /// is for a chunk that has nothing to say: the next one will.
    pub(super) fn land(
        &mut self,
        landed: Option<Result<Batch<R>, TaskError>>,
    ) -> Option<Result<R, TaskError>> {
        match landed {
            Some(Ok(batch)) => {
                self.pace.learn(batch.len(), batch.spent);
                self.pulled -= batch.len();
                if batch.cut {
                    self.refusal.get_or_insert_with(TaskError::shut_down);
                    if !self.unordered {
                        // What comes later has lost its place.
                        self.flights.cancel();
                    }
                }
                self.current = HandOut::of(batch);
                return self.current.next();
            }
            Some(Err(error)) => {
                // Only a shutdown cancels the chunk of a map that is still being read.
                let cancelled = error.kind() == TaskErrorKind::Cancelled;
                let reason = if cancelled { TaskError::shut_down() } else { error };
                self.refusal.get_or_insert(reason);
                // Without an order, others may still have finished.
                if cancelled && self.unordered && self.flights.len() > 0 {
                    return None;
                }
            }
            None if self.refusal.is_none() && self.has_more() => return self.time_out(),
            None => {}
        }
        self.end();
        self.refusal.take().map(Err)
    }

    /// Ends for want of time.
    pub(super) fn time_out(&mut self) -> Option<Result<R, TaskError>> {
        self.end();
        let message =
            "the map's time was up before this item had a result; allow a longer timeout()";
        Some(Err(TaskError::new(TaskErrorKind::TimedOut, message)))
    }

    #[cold]
    fn next_chunk(&mut self) -> Option<Result<R, TaskError>> {
        self.begin();
        while !self.ended() {
            self.fill(Patience::Until(self.deadline()));
            let result = match self.flights.next(self.deadline()) {
                Ok(landed) => self.land(landed),
                Err(TooLate) => self.time_out(),
            };
            if result.is_some() {
                return result;
            }
        }
        None
    }

    fn end(&mut self) {
        self.phase = Phase::Ended;
        self.feed.stop();
        self.flights.cancel();
    }
}

impl<R> Iterator for Map<'_, R> {
    type Item = Result<R, TaskError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.current.next() {
            Some(result) => Some(result),
            None => self.next_chunk(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let at_hand = self.current.len();
        if self.ended() {
            return (at_hand, Some(at_hand));
        }
        let here = at_hand + self.pulled;
        // A source without an end still has one here: a timeout, or a shutdown.
        let (low, high) = match self.feed.size_hint() {
            (low, Some(high)) => (low, Some(high)),
            (_, None) => (0, None),
        };
        (low.saturating_add(here), high.and_then(|high| high.checked_add(here)))
    }
}

impl<R> std::iter::FusedIterator for Map<'_, R> {}

impl<R> Drop for Map<'_, R> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<R> fmt::Debug for Map<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("phase", &self.phase)
            .field("pulled", &(self.pulled + self.current.len()))
            .finish_non_exhaustive()
    }
}

/// The deadline came first.
struct TooLate;

impl<R> Flights<R> {
    fn len(&self) -> usize {
        match self {
            Self::Ordered(queue) => queue.len(),
            Self::Unordered(set) => set.pending(),
        }
    }

    fn push(&mut self, future: Future<Batch<R>>) {
        match self {
            Self::Ordered(queue) => queue.push_back(future),
            Self::Unordered(set) => set.push(future),
        }
    }

    fn next(
        &mut self,
        deadline: Option<Instant>,
    ) -> Result<Option<Result<Batch<R>, TaskError>>, TooLate> {
        match self {
            Self::Ordered(queue) => match queue.pop_front() {
                None => Ok(None),
                Some(first) => match first.result_until(deadline) {
                    Ok(outcome) => Ok(Some(outcome)),
                    Err(first) => {
                        queue.push_front(first);
                        Err(TooLate)
                    }
                },
            },
            Self::Unordered(set) => match set.next_until(deadline) {
                Ok(next) => Ok(next.map(Future::result)),
                Err(Unrest::TimedOut) => Err(TooLate),
                Err(unrest) => Ok(Some(Err(unrest.into_error()))),
            },
        }
    }

    fn poll(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Batch<R>, TaskError>>> {
        match self {
            Self::Ordered(queue) => {
                let Some(first) = queue.front_mut() else {
                    return std::task::Poll::Ready(None);
                };
                std::pin::Pin::new(first).poll(cx).map(|outcome| {
                    queue.pop_front();
                    Some(outcome)
                })
            }
            Self::Unordered(set) => set.poll_until_ready(cx).map(|next| match next {
                Ok(next) => next.map(Future::result),
                Err(unrest) => Some(Err(unrest.into_error())),
            }),
        }
    }

    fn cancel(&mut self) {
        match self {
            Self::Ordered(queue) => {
                for future in queue.drain(..) {
                    future.cancel();
                }
            }
            Self::Unordered(set) => {
                for future in set.iter() {
                    future.cancel();
                }
            }
        }
    }
}

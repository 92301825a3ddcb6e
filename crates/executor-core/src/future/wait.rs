use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cell::Header;
use super::host::{Need, Wanted};
use super::rest::{self, Unrest};
use super::waitable::Waitable;
use super::waiter::{Key, WaitSet, Waiter};

/// When [`wait`] returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnWhen {
    /// As soon as one future is done.
    FirstCompleted,
    /// As soon as one future has failed; a cancellation is no failure. Without any failure, when
    /// all are done.
    FirstException,
    /// When all are done.
    AllCompleted,
}

/// Who was done, and who was not, each in the order given.
#[derive(Debug)]
pub struct Waited<F> {
    /// Finished or cancelled.
    pub done: Vec<F>,
    /// Still pending or running.
    pub not_done: Vec<F>,
}

/// Waits for many futures, of any executors.
///
/// A completion wakes it; each costs the same however many there are. The same future given twice
/// counts once. Without futures it returns at once. Python's `concurrent.futures.wait`.
///
/// Inside a task of a pool, futures that wait in that pool's queue are run in place if all are
/// needed; otherwise another worker stands in.
///
/// ```
/// use concurrent_futures::{ReturnWhen, ThreadPoolExecutor, wait};
///
/// let pool = ThreadPoolExecutor::new(2).unwrap();
/// let futures: Vec<_> = (0..4).map(|n| pool.spawn(move || n * n)).collect();
/// let waited = wait(futures, ReturnWhen::AllCompleted);
/// let squares: Vec<_> = waited.done.into_iter().map(|f| f.result().unwrap()).collect();
/// assert_eq!(squares, [0, 1, 4, 9]);
/// ```
///
/// # Panics
///
/// If the wait could never end, because an awaited task waits for the calling one, or because a
/// future came from the process from which this one was forked.
pub fn wait<F: Waitable>(futures: impl IntoIterator<Item = F>, when: ReturnWhen) -> Waited<F> {
    wait_until(futures, None, when)
}

/// Like [`wait`], but at most for `timeout`; then `not_done` says what is missing. Zero never
/// sleeps; `Duration::MAX` is for ever.
///
/// ```
/// use concurrent_futures::{ReturnWhen, promise, wait_timeout};
/// use std::time::Duration;
///
/// let (promise, future) = promise::<u8>();
/// let waited = wait_timeout([&future], Duration::ZERO, ReturnWhen::AllCompleted);
/// assert_eq!((waited.done.len(), waited.not_done.len()), (0, 1));
/// # drop(promise);
/// ```
///
/// # Panics
///
/// As [`wait`].
pub fn wait_timeout<F: Waitable>(
    futures: impl IntoIterator<Item = F>,
    timeout: Duration,
    when: ReturnWhen,
) -> Waited<F> {
    wait_until(futures, rest::deadline(timeout), when)
}

fn wait_until<F: Waitable>(
    futures: impl IntoIterator<Item = F>,
    deadline: Option<Instant>,
    when: ReturnWhen,
) -> Waited<F> {
    let futures = distinct(futures);
    if !satisfied(&futures, when) {
        if deadline.is_none() && when == ReturnWhen::AllCompleted && rest::on_worker() {
            futures.iter().for_each(|future| rest::run_in_place(future.source()));
        }
        gather(&futures, deadline, when);
    }
    let (done, not_done) = futures.into_iter().partition(|future| rest::over(future.source()));
    Waited { done, not_done }
}

/// The futures without repetitions, in the order given.
pub(super) fn distinct<F: Waitable>(futures: impl IntoIterator<Item = F>) -> Vec<F> {
    if !F::REPEATS {
        return futures.into_iter().collect();
    }
    let mut seen = HashSet::new();
    let new = |f: &F| seen.insert(std::ptr::from_ref(f.source()).addr());
    futures.into_iter().filter(new).collect()
}

fn satisfied<F: Waitable>(futures: &[F], when: ReturnWhen) -> bool {
    let over = |future: &F| rest::over(future.source());
    match when {
        ReturnWhen::AllCompleted => futures.iter().all(over),
        ReturnWhen::FirstCompleted => futures.is_empty() || futures.iter().any(over),
        ReturnWhen::FirstException => {
            futures.iter().all(over) || futures.iter().any(|f| over(f) && threw(f))
        }
    }
}

/// It ended with an error that is no cancellation.
fn threw<F: Waitable>(future: &F) -> bool {
    let now = future.source().snapshot();
    now.failed() && !now.cancelled()
}

/// Sleeps until enough of the futures have ended, or the deadline has come. Those that end
/// meanwhile count like those that end later, so nothing is missed between a look and the sleep.
fn gather<F: Waitable>(futures: &[F], deadline: Option<Instant>, when: ReturnWhen) {
    if futures.iter().any(|future| future.source().orphaned()) {
        panic!("{}", Unrest::Orphaned.into_error());
    }
    // A worker looks again after each end: what it still needs may have become a circle.
    let again = when == ReturnWhen::FirstException && deadline.is_none() && rest::on_worker();
    let one = again || when == ReturnWhen::FirstCompleted;
    let missing = if one { 1 } else { futures.len() };
    let set = Arc::new(WaitSet::new(missing, when == ReturnWhen::FirstException));
    let joined = Joined::join(futures, &set);
    let wanted = Open(futures);
    let need = match when {
        ReturnWhen::AllCompleted => Need::All(&wanted),
        ReturnWhen::FirstException if again => Need::Any(&Rest(futures)),
        _ => Need::Any(&wanted),
    };
    let mut left = futures.len();
    loop {
        match rest::until_gathered(&set, need, deadline) {
            Ok(()) => {}
            Err(Unrest::TimedOut) => break,
            Err(unrest) => panic!("{}", unrest.into_error()),
        }
        let mut ended = VecDeque::new();
        set.take(&mut ended);
        left -= ended.len();
        if !again || left == 0 || ended.iter().any(|&index| threw(&futures[index])) {
            break;
        }
    }
    drop(joined);
}

/// The places of one set in the lists of its futures, given back however the wait ends.
struct Joined<'a, F: Waitable> {
    places: Vec<(&'a F, Key)>,
}

impl<'a, F: Waitable> Joined<'a, F> {
    fn join(futures: &'a [F], set: &Arc<WaitSet>) -> Self {
        let mut places = Vec::with_capacity(futures.len());
        for (index, future) in futures.iter().enumerate() {
            let over = rest::over(future.source());
            let waiter = || Waiter::Set(Arc::clone(set), index);
            match if over { None } else { future.source().listen(waiter()).ok() } {
                Some(key) => places.push((future, key)),
                None => set.arrive(index, threw(future)),
            }
        }
        Self { places }
    }
}

impl<F: Waitable> Drop for Joined<'_, F> {
    fn drop(&mut self) {
        for (future, key) in &self.places {
            // A future that is over has emptied its list already.
            if !rest::over(future.source()) {
                future.source().unlisten(*key);
            }
        }
    }
}

/// Those of the futures that have not ended, while those that have do not count.
struct Rest<'a, F>(&'a [F]);

impl<F: Waitable> Wanted for Rest<'_, F> {
    fn all(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        self.0.iter().all(|f| f.source().released() || holds(f.source()))
    }

    fn any(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        self.0.iter().any(|f| !f.source().released() && holds(f.source()))
    }
}

struct Open<'a, F>(&'a [F]);

impl<F: Waitable> Wanted for Open<'_, F> {
    fn all(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        self.0.iter().all(|f| f.source().released() || holds(f.source()))
    }

    fn any(&self, holds: &mut dyn FnMut(&Header) -> bool) -> bool {
        self.0.iter().any(|f| f.source().released() || holds(f.source()))
    }
}

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use executor_sync::process::{Luggage, collect};
use rustix::process::Signal;

use crate::error::{BuildError, StillRunning, TaskError, TrySubmitError};
use crate::executor::{Payload, PoolStats, Shutdown};
use crate::future::{Future, promise, watch_forks};
use crate::map::{Batch, Chunk, Map, Pace, Patience, Source};
use crate::panic;
use crate::process::{Body, CodecError, Function, encode, push_item};

use super::config::Config;
use super::job::{Arguments, Order};
use super::manager;
use super::options::TaskOptions;
use super::shared::{Admission, Shared, Wait};
use super::sink::{Many, Single};

/// Runs functions in worker processes: a crash costs one task, never the pool.
///
/// A task is a function pointer `fn(A) -> R` with its argument; a closure that captures nothing
/// coerces to one, and several arguments are a tuple. Argument and result travel as bytes, by
/// serde.
///
/// Workers are copies of the running program, which therefore says
/// [`concurrent_futures::init()`](crate::init) as the first line of its `main`. They start when
/// there is work for them, at most `max_workers`, and one that dies is replaced.
///
/// A worker that dies costs the one task that ran in it: its future is
/// [`WorkerDied`](crate::TaskErrorKind::WorkerDied) with the exit code or the signal. Tasks that
/// had been handed to the worker and had not begun run elsewhere, and nothing runs twice unless
/// [`retries`](TaskOptions::retries) ask for it.
///
/// Callbacks of its futures, and the `Deserialize` of results, run on the pool's manager thread. If
/// a callback waits for a future, a stand-in goes on meanwhile.
///
/// Dropping the pool is [`shutdown`](Self::shutdown). The semantics are those of Python's
/// `ProcessPoolExecutor`, except that it outlives its workers.
///
/// ```standalone_crate
/// use concurrent_futures::{ProcessPoolExecutor, TaskErrorKind};
///
/// fn main() {
///     concurrent_futures::init();
///     let pool = ProcessPoolExecutor::new(2).unwrap();
///     let crash = pool.submit(|code: i32| std::process::exit(code), 3);
///     let sum = pool.submit(|(a, b): (u64, u64)| a + b, (20, 22));
///     let error: concurrent_futures::TaskError = crash.result().map(|(): ()| ()).unwrap_err();
///     assert_eq!(error.kind(), TaskErrorKind::WorkerDied);
///     assert_eq!(error.worker_exit().unwrap().code(), Some(3));
///     assert_eq!(sum.result().unwrap(), 42);
/// }
/// ```
pub struct ProcessPoolExecutor {
    shared: Arc<Shared>,
}

impl ProcessPoolExecutor {
    /// A pool of at most `max_workers` worker processes, everything else left at its default.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if `max_workers` is zero, if the program lacks the line `init()`, or if the
    /// system refuses what a pool needs.
    pub fn new(max_workers: usize) -> Result<Self, BuildError> {
        Self::builder().max_workers(max_workers).build()
    }

    pub(super) fn with_config(config: Config) -> Result<Self, BuildError> {
        config.validate()?;
        watch_forks();
        let shared = Shared::new(config)?;
        manager::start(&shared).map_err(|error| {
            BuildError::new(format!("the system refuses a thread for the pool's manager: {error}"))
        })?;
        Ok(Self { shared })
    }

    /// Runs `f(arg)` in a worker process, and returns its future at once.
    ///
    /// It cannot fail on the spot: an argument that cannot be encoded, a function that is not in
    /// the program's own executable, a pool that is shut down or broken give a future that has
    /// already failed. With a `queue_capacity` it waits while the queue is full; a task that begins
    /// or is cancelled wakes it, and so does a shutdown, with a refusal. It never waits for a pipe.
    pub fn submit<A: Payload, R: Payload>(&self, f: fn(A) -> R, arg: A) -> Future<R> {
        self.submit_with(TaskOptions::new(), f, arg)
    }

    /// [`submit`](Self::submit) with a timeout or retries of its own.
    pub fn submit_with<A: Payload, R: Payload>(
        &self,
        options: TaskOptions,
        f: fn(A) -> R,
        arg: A,
    ) -> Future<R> {
        if self.shared.inherited() {
            return failed(TaskError::forked());
        }
        let order = match self.order(options, f, arg) {
            Ok(order) => order,
            Err(error) => return failed(error),
        };
        match self.shared.enter(Wait::Until(None)) {
            Admission::Admitted(ledger) => {
                let (maker, future) = self.shared.task();
                self.shared.accept(ledger, order, Box::new(Single { maker }));
                future
            }
            Admission::Refused(error) => failed(error),
            Admission::Full => unreachable!("a wait without a deadline ends with a place"),
        }
    }

    /// Like [`submit`](Self::submit), but never waits.
    ///
    /// # Errors
    ///
    /// [`TrySubmitError`] hands the argument back if the queue is full or the pool has been shut
    /// down. A broken pool is no such error: it gives a future that has failed.
    pub fn try_submit<A: Payload, R: Payload>(
        &self,
        f: fn(A) -> R,
        arg: A,
    ) -> Result<Future<R>, TrySubmitError<A>> {
        if self.shared.inherited() {
            return Ok(failed(TaskError::forked()));
        }
        match self.shared.enter(Wait::Never) {
            Admission::Admitted(ledger) => drop(ledger),
            Admission::Full => return Err(TrySubmitError::Full(arg)),
            Admission::Refused(error) if error.kind() == crate::error::TaskErrorKind::ShutDown => {
                return Err(TrySubmitError::ShutDown(arg));
            }
            Admission::Refused(error) => return Ok(failed(error)),
        }
        // The code of a user runs without the lock; whoever comes in between makes the queue longer
        // by one.
        let order = match self.order(TaskOptions::new(), f, arg) {
            Ok(order) => order,
            Err(error) => return Ok(failed(error)),
        };
        match self.shared.enter(Wait::Over) {
            Admission::Admitted(ledger) => {
                let (maker, future) = self.shared.task();
                self.shared.accept(ledger, order, Box::new(Single { maker }));
                Ok(future)
            }
            Admission::Refused(error) => Ok(failed(error)),
            Admission::Full => unreachable!("whoever goes over the bound is let in"),
        }
    }

    /// What a task needs of a worker; the error says why it cannot travel.
    fn order<A: Payload, R: Payload>(
        &self,
        options: TaskOptions,
        f: fn(A) -> R,
        arg: A,
    ) -> Result<Order, TaskError> {
        let function = locate(f)?;
        let (body, luggage) = collect(|| panic::catch(|| Body::of(arg)));
        let body = body?.map_err(|why| not_encoded(&why))?;
        self.check_size(body.len())?;
        Ok(self.order_of(options, function, Arguments::single(body), luggage))
    }

    fn order_of(
        &self,
        options: TaskOptions,
        function: Function,
        arguments: Arguments,
        luggage: Luggage,
    ) -> Order {
        let config = &self.shared.config;
        let timeout = options.timeout.or(config.task_timeout).filter(|t| *t != Duration::MAX);
        let retries = options.retries.unwrap_or(config.retries);
        Order { function, arguments, timeout, retries, _luggage: luggage }
    }

    fn check_size(&self, bytes: usize) -> Result<(), TaskError> {
        let most = self.shared.config.max_message_size;
        if bytes as u64 <= most {
            return Ok(());
        }
        Err(TaskError::encode(format!(
            "the task's argument takes {bytes} bytes, more than the pool's max_message_size of {most}; raise that, \
             or pass a file's name instead of its content"
        )))
    }

    /// Calls `f` on every item in worker processes, and yields the results in the order of the
    /// items. See [`Map`].
    ///
    /// A worker that dies costs the one item that ran in it.
    pub fn map<'a, A: Payload, R: Payload, I>(&'a self, f: fn(A) -> R, items: I) -> Map<'a, R>
    where
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'a,
    {
        let start = move |chunk, patience| self.start_chunk(chunk, patience);
        let pace = Pace::adaptive(self.shared.config.max_workers);
        Map::new(Source::new(items.into_iter(), f, start), pace)
    }

    fn start_chunk<A: Payload, R: Payload>(
        &self,
        chunk: Items<A, R>,
        patience: Patience,
    ) -> Result<Future<Batch<R>>, Items<A, R>> {
        if self.shared.inherited() {
            return Ok(failed(TaskError::forked()));
        }
        let wait = match patience {
            Patience::Never => Wait::Never,
            Patience::Until(deadline) => Wait::Until(deadline),
            Patience::Anyway => Wait::Over,
        };
        match self.shared.enter(wait) {
            Admission::Admitted(ledger) => drop(ledger),
            Admission::Full => return Err(chunk),
            Admission::Refused(error) => return Ok(failed(error)),
        }
        Ok(self.send_chunk(chunk))
    }

    fn send_chunk<A: Payload, R: Payload>(&self, mut chunk: Items<A, R>) -> Future<Batch<R>> {
        let count = chunk.len();
        let function = match locate(*chunk.function()) {
            Ok(function) => function,
            Err(error) => return failed(error),
        };
        let mut packed = Packed::with_room_for(count);
        let ((), luggage) = collect(|| {
            for (place, item) in chunk.drain().enumerate() {
                packed.add(place, item, |bytes| self.check_size(bytes));
            }
        });
        let (maker, future) = self.shared.task();
        let sink = Many { maker, unsent: packed.unsent, places: packed.places };
        if packed.starts.is_empty() {
            // Not one of them could be encoded.
            super::job::Delivery::Finish(Box::new(sink), super::sink::Results::default()).run();
            return future;
        }
        let arguments =
            Arguments { body: Body::Bytes(packed.bytes).into(), starts: Some(packed.starts) };
        let order = self.order_of(TaskOptions::new(), function, arguments, luggage);
        match self.shared.enter(Wait::Over) {
            Admission::Admitted(ledger) => self.shared.accept(ledger, order, Box::new(sink)),
            Admission::Refused(error) => super::job::Delivery::Fail(Box::new(sink), error).run(),
            Admission::Full => unreachable!("whoever goes over the bound is let in"),
        }
        future
    }

    /// How many worker processes run tasks at a time, at most.
    pub fn max_workers(&self) -> usize {
        self.shared.config.max_workers
    }

    /// The process ids of the workers that live now.
    pub fn worker_pids(&self) -> Vec<u32> {
        self.shared.worker_pids()
    }

    /// What the pool is doing.
    pub fn stats(&self) -> PoolStats {
        self.shared.stats()
    }

    /// Refuses new work, waits for all accepted work, and for the end of the workers. Idempotent.
    ///
    /// The end of the last worker wakes it. In a callback of one of the pool's futures it waits as
    /// well, while a stand-in does what is left.
    pub fn shutdown(&self) {
        self.shutdown_with(Shutdown::default());
    }

    /// Shuts down as the argument says. `wait: false` returns at once, and accepted work goes on in
    /// the background; a later `shutdown()` waits for it.
    pub fn shutdown_with(&self, how: Shutdown) {
        let ended = self.shared.shut_down(how, None);
        debug_assert!(ended.is_ok(), "a shutdown without a deadline ends");
    }

    /// [`shutdown`](Self::shutdown) that waits at most for `timeout`. Zero never sleeps;
    /// `Duration::MAX` is for ever.
    ///
    /// # Errors
    ///
    /// [`StillRunning`] if workers still live then; the shutdown goes on in the background.
    pub fn shutdown_timeout(&self, timeout: Duration) -> Result<(), StillRunning> {
        let deadline = Instant::now().checked_add(timeout);
        self.shared.shut_down(Shutdown::default(), deadline).map_err(StillRunning::new)
    }

    /// Asks all workers to end (SIGTERM), and ends those that do not within two seconds. Tasks that
    /// run finish as [`Killed`](crate::TaskErrorKind::Killed), those that have not begun as
    /// [`Cancelled`](crate::TaskErrorKind::Cancelled), and the pool is shut down. Does not wait.
    pub fn terminate_workers(&self) {
        self.shared.end_workers(Signal::TERM);
    }

    /// Ends all workers at once (SIGKILL); otherwise as
    /// [`terminate_workers`](Self::terminate_workers).
    pub fn kill_workers(&self) {
        self.shared.end_workers(Signal::KILL);
    }
}

/// A chunk of a map over processes.
type Items<A, R> = Chunk<fn(A) -> R, A>;

/// The encoded items of a chunk.
struct Packed {
    bytes: Vec<u8>,
    starts: Vec<u32>,
    unsent: Vec<(usize, TaskError)>,
    /// Which items these are, once one could not be encoded.
    places: Option<Vec<u32>>,
}

impl Packed {
    fn with_room_for(items: usize) -> Self {
        let starts = Vec::with_capacity(items);
        Self { bytes: Vec::new(), starts, unsent: Vec::new(), places: None }
    }

    fn add<A: Payload>(
        &mut self,
        place: usize,
        item: A,
        check: impl FnOnce(usize) -> Result<(), TaskError>,
    ) {
        let start = self.bytes.len();
        let bytes = &mut self.bytes;
        let packed = panic::catch(|| push_item(bytes, |into| encode(&item, into)));
        panic::contain(|| drop(item));
        let packed = packed.and_then(|packed| packed.map_err(|why| not_encoded(&why)));
        let packed = packed.and_then(|()| check(self.bytes.len() - start));
        let position = u32::try_from(start).map_err(|_| {
            TaskError::encode(
                "the chunk takes more than 4 GiB; choose a smaller chunksize".to_owned(),
            )
        });
        match packed.and(position) {
            Ok(position) => {
                self.starts.push(position);
                if let Some(places) = &mut self.places {
                    places.push(place as u32);
                }
            }
            Err(error) => {
                self.bytes.truncate(start);
                let sent = self.starts.len() as u32;
                self.places.get_or_insert_with(|| (0..sent).collect());
                self.unsent.push((place, error));
            }
        }
    }
}

fn locate<A: Payload, R: Payload>(f: fn(A) -> R) -> Result<Function, TaskError> {
    Function::of(f).ok_or_else(|| {
        TaskError::encode(format!(
            "the function at {f:p} is not part of the program's own executable but of a shared library, which \
             workers do not have at the same place; call it from a function of the program"
        ))
    })
}

fn not_encoded(why: &CodecError) -> TaskError {
    TaskError::encode(format!("the task's argument cannot be encoded: {why}"))
}

/// A future that has failed already.
fn failed<T>(error: TaskError) -> Future<T> {
    let (promise, future) = promise();
    let set = promise.set_exception(error);
    debug_assert!(set.is_ok(), "nobody else has the future yet");
    future
}

impl Drop for ProcessPoolExecutor {
    fn drop(&mut self) {
        if self.shared.inherited() {
            // What the parent's threads held at the fork stays held here for ever: touch nothing.
            std::mem::forget(Arc::clone(&self.shared));
        } else {
            self.shutdown();
        }
    }
}

impl fmt::Debug for ProcessPoolExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessPoolExecutor")
            .field("max_workers", &self.max_workers())
            .field("stats", &self.stats())
            .finish()
    }
}

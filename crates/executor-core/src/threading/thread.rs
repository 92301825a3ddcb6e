use std::any::type_name;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::error::{TaskError, TaskErrorKind, ThreadError};
use crate::fork::ForkLock;
use crate::future::{Future, promise};
use crate::panic;
use crate::registry::{self, Joinable, Life, Record, ThreadIdent, cut_at_nul};

use super::excepthook;
use super::forked::watch;
use super::runnable::Runnable;
use super::work::{Detached, Target, Work};

/// A thread as an object: made, started once, joined by whoever likes.
///
/// Made is not started: [`start`](Self::start) begins the work. The three stages can be told apart
/// by [`ident`](Self::ident) and [`is_alive`](Self::is_alive):
///
/// | stage | `ident()` | `is_alive()` |
/// |---|---|---|
/// | never started | `None` | false |
/// | running | `Some` | true |
/// | ended | `Some` | false |
///
/// What the caller did before `start` is visible to the thread, and what the thread did is visible
/// to whoever joined it or saw it ended.
///
/// Dropping the handle of a started thread detaches it: it runs on, and its result is dropped when
/// it ends. A thread that was never started drops its closure. A panic while a closure, a result or
/// a payload is dropped is reported by the panic hook and concerns nobody else.
///
/// The end of `main` ends all threads, whatever they do; Python waits for those that are not
/// `daemon`, for which [`join_all`](super::join_all) at the end of `main` stands. In this sense
/// every thread is a daemon, and there is no flag to set.
///
/// Python's `threading.Thread`. Different are: a result and a panic are kept for
/// [`into_result`](Self::into_result); joining ends at once in a forked child, where no other
/// thread lives; and a group, `daemon` and keyword arguments do not exist.
///
/// ```
/// use concurrent_futures::threading::Thread;
///
/// let thread = Thread::new(|| 6 * 7);
/// assert!(thread.ident().is_none());
/// thread.start().unwrap();
/// thread.join().unwrap();
/// assert!(thread.ident().is_some() && !thread.is_alive());
/// assert_eq!(thread.into_result().unwrap(), 42);
/// ```
#[doc(alias = "threading.Thread")]
pub struct Thread<T = ()> {
    record: Arc<Record>,
    /// The number in the name, if it has one and may have to give it back.
    number: Option<u64>,
    stack_size: Option<usize>,
    target: Target<T>,
    detached: Detached,
    stage: ForkLock<Stage<T>>,
    /// Somebody has seen the end of it, and could have looked at its panic.
    joined: AtomicBool,
}

/// How far a thread has come, as its handle knows. The lock is held during a start.
enum Stage<T> {
    Unstarted,
    Started(Future<T>),
}

/// The number of the next thread without a name.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

impl<T: Send + 'static> Thread<T> {
    /// A thread that is to run `target` once it is [started](Self::start). Its name is `Thread-1`,
    /// `Thread-2` and so on.
    pub fn new(target: impl FnOnce() -> T + Send + 'static) -> Self {
        watch();
        let number = NUMBERS.fetch_add(1, Relaxed);
        Self {
            record: Arc::new(Record::new(&format!("Thread-{number}"))),
            number: Some(number),
            stack_size: None,
            target: Arc::new(ForkLock::new(Some(Box::new(target)))),
            detached: Arc::new(ForkLock::new(false)),
            stage: ForkLock::new(Stage::Unstarted),
            joined: AtomicBool::new(false),
        }
    }

    /// A thread that is to call `target` with `args`; several arguments are a tuple.
    ///
    /// ```
    /// use concurrent_futures::threading::Thread;
    ///
    /// fn send_email(to: &str) -> String {
    ///     format!("sent to {to}")
    /// }
    ///
    /// let thread = Thread::with_args(send_email, "example@email.com");
    /// thread.start().unwrap();
    /// assert_eq!(thread.into_result().unwrap(), "sent to example@email.com");
    /// ```
    pub fn with_args<A: Send + 'static>(
        target: impl FnOnce(A) -> T + Send + 'static,
        args: A,
    ) -> Self {
        Self::new(move || target(args))
    }

    /// A thread that is to run an object; see [`Runnable`].
    pub fn from_runnable(r: impl Runnable<Output = T>) -> Self {
        Self::new(move || r.run())
    }

    /// Names the thread; an empty name leaves it the numbered one. Names need not be unique. See
    /// [`set_name`](Self::set_name) for what the operating system makes of it, and for a thread that
    /// was started already, which is renamed.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if self.record.life().is_some() && !name.is_empty() {
            self.record.set_name(&name);
        } else if !name.is_empty() {
            self.give_number_back();
            self.record = Arc::new(Record::new(&name));
        }
        self
    }

    /// If nobody has got a later one, the next thread gets the number, as if this had never had it.
    fn give_number_back(&mut self) {
        if let Some(number) = self.number.take() {
            let _later = NUMBERS.compare_exchange(number + 1, number, Relaxed, Relaxed);
        }
    }

    /// Sets the size of the thread's stack in bytes, which the operating system rounds up to what it
    /// can make; zero is the default. A size that it cannot make lets [`start`](Self::start) fail.
    /// After the start it changes nothing.
    ///
    /// Python's `threading.stack_size`, for one thread instead of all later ones.
    #[doc(alias = "threading.stack_size")]
    #[must_use]
    pub fn with_stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = Some(bytes).filter(|&bytes| bytes != 0);
        self
    }

    /// Starts the thread, once. When this returns it is alive or has ended already, and it is among
    /// those that [`enumerate`](super::enumerate) returns while it lives.
    ///
    /// # Errors
    ///
    /// [`AlreadyStarted`](ThreadError::AlreadyStarted) if it was started before, also if it has
    /// ended since. [`Os`](ThreadError::Os) if the operating system refuses: then it is unstarted as
    /// before, and may be started again.
    pub fn start(&self) -> Result<(), ThreadError> {
        // Whoever held the lock at a fork was starting it.
        let mut stage = self.stage.lock().ok_or(ThreadError::AlreadyStarted)?;
        if matches!(*stage, Stage::Started(_)) {
            return Err(ThreadError::AlreadyStarted);
        }
        let (outcome, result) = promise();
        let (ended, end) = promise();
        let work = Work {
            target: Arc::clone(&self.target),
            record: Arc::clone(&self.record),
            detached: Arc::clone(&self.detached),
            outcome,
            ended,
        };
        let handle = self.builder().spawn(|| work.run()).map_err(ThreadError::Os)?;
        *stage = Stage::Started(result);
        let ident = ThreadIdent::fresh();
        let joinable = Joinable::new(end.shared(), handle);
        registry::admit(&self.record, ident, Life::new(ident, Some(joinable)));
        Ok(())
    }

    fn builder(&self) -> std::thread::Builder {
        let builder = std::thread::Builder::new().name(cut_at_nul(&self.record.name()).to_owned());
        match self.stack_size {
            // What no address space can hold is refused by the system, not by arithmetic.
            Some(bytes) => builder.stack_size(bytes.min(isize::MAX as usize / 2)),
            None => builder,
        }
    }

    /// Waits until the thread has ended: its work, and the destructors of its thread-locals.
    ///
    /// Any number of threads may join the same one, again and again. Only its end wakes them. A
    /// panic of the thread is no error here; [`into_result`](Self::into_result) tells it. On a
    /// worker of a pool another one stands in meanwhile. In a child process that was forked off,
    /// where a thread of the parent does not live, this returns at once.
    ///
    /// # Errors
    ///
    /// [`NotStarted`](ThreadError::NotStarted), and [`CurrentThread`](ThreadError::CurrentThread)
    /// when a thread joins itself. Two threads that join each other wait for ever, as in Python.
    /// [`Os`](ThreadError::Os) only in a forked child, for the thread that has forked: it lives, but
    /// cannot be waited for there.
    pub fn join(&self) -> Result<(), ThreadError> {
        if let Some(joinable) = self.to_be_awaited()? {
            joinable.join();
        }
        self.joined.store(true, Relaxed);
        Ok(())
    }

    /// Waits as [`join`](Self::join) does, but at most for `timeout`: true if the thread's work has
    /// ended. Zero only looks, and `Duration::MAX` is for ever. The clock is monotonic. It does not
    /// wait for the destructors of thread-locals, which may still run.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub fn join_timeout(&self, timeout: Duration) -> Result<bool, ThreadError> {
        if Instant::now().checked_add(timeout).is_none() {
            return self.join().map(|()| true);
        }
        let joinable = self.to_be_awaited()?;
        let ended = joinable.is_none_or(|joinable| joinable.join_timeout(timeout));
        if ended {
            self.joined.store(true, Relaxed);
        }
        Ok(ended)
    }

    /// What there is to wait for; `None` in a process in which the thread never lived.
    fn to_be_awaited(&self) -> Result<Option<&Joinable>, ThreadError> {
        let life = self.record.life().ok_or(ThreadError::NotStarted)?;
        if life.is_current() {
            return Err(ThreadError::CurrentThread);
        }
        if !life.inherited() {
            return Ok(life.joinable.as_ref());
        }
        match self.record.is_alive() {
            false => Ok(None),
            true => Err(ThreadError::Os(std::io::Error::other(
                "the thread has forked this process and became its main thread, whose end is the \
                 end of all",
            ))),
        }
    }

    /// Joins the thread, and takes what it returned.
    ///
    /// # Errors
    ///
    /// [`Panicked`](TaskErrorKind::Panicked) with message, place and thread if it panicked.
    /// [`Abandoned`](TaskErrorKind::Abandoned) if it was never started.
    /// [`Deadlock`](TaskErrorKind::Deadlock) if it asks for its own result.
    /// [`Broken`](TaskErrorKind::Broken) in a forked child whose parent's thread had not ended.
    pub fn into_result(mut self) -> Result<T, TaskError> {
        if let Err(error) = self.join() {
            return Err(self.no_result(&error));
        }
        match std::mem::replace(self.stage.get_mut(), Stage::Unstarted) {
            Stage::Started(future) => future.result(),
            Stage::Unstarted => Err(self.no_result(&ThreadError::NotStarted)),
        }
    }

    fn no_result(&self, error: &ThreadError) -> TaskError {
        let kind = match error {
            ThreadError::NotStarted => TaskErrorKind::Abandoned,
            ThreadError::CurrentThread => TaskErrorKind::Deadlock,
            _ => TaskErrorKind::Broken,
        };
        TaskError::new(kind, format!("no result of the thread `{}`: {error}", self.record.name()))
    }

    /// Its present name.
    pub fn name(&self) -> String {
        self.record.name().as_ref().to_owned()
    }

    /// Renames the thread, at any time. Of a living one the operating system keeps the first 15
    /// bytes, in whole characters and up to a NUL (on Linux; elsewhere it keeps the name that the
    /// thread began with). A refusal by the system is not told.
    pub fn set_name(&self, name: &str) {
        self.record.set_name(name);
    }

    /// Its number in this program, which no other thread ever has: `None` until it was started,
    /// kept after it has ended.
    #[doc(alias = "threading.Thread.ident")]
    pub fn ident(&self) -> Option<ThreadIdent> {
        self.record.ident()
    }

    /// Its number in the operating system: `None` until it was started, kept after it has ended,
    /// when another thread may get it. On Linux that is the kernel's thread id; elsewhere it is the
    /// ident. Waits for the thread's first moment if it was only just started; a child process that
    /// was forked off before that moment is told `None`.
    pub fn native_id(&self) -> Option<u64> {
        self.record.native_id()
    }

    /// It was started and its work has not ended.
    pub fn is_alive(&self) -> bool {
        self.record.is_alive()
    }
}

impl<T> Thread<T> {
    /// Leaves the outcome to the thread, or else a panic to the hook.
    fn detach(&mut self, future: &Future<T>) {
        let Some(life) = self.record.life().filter(|life| !life.inherited()) else { return };
        let Some(mut detached) = self.detached.lock() else { return };
        if !future.done() {
            *detached = true;
            life.joinable.iter().for_each(Joinable::forsake);
            return;
        }
        drop(detached);
        life.joinable.iter().for_each(Joinable::let_go);
        let panic = future.peek().and_then(Result::err).and_then(TaskError::panic);
        if let Some(panic) = panic.filter(|_| !self.joined.load(Relaxed)) {
            excepthook::report(&self.record, panic);
        }
    }
}

impl<T> Drop for Thread<T> {
    fn drop(&mut self) {
        match std::mem::replace(self.stage.get_mut(), Stage::Unstarted) {
            Stage::Started(future) => {
                self.detach(&future);
                panic::contain(|| drop(future));
            }
            Stage::Unstarted => {
                // Whoever held the lock at a fork has started it, or taken its result.
                let target = self.target.lock().and_then(|mut it| it.take());
                panic::contain(|| drop(target));
            }
        }
    }
}

impl<T> fmt::Debug for Thread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match (self.record.ident(), self.record.is_alive()) {
            (None, _) => "not started",
            (Some(_), true) => "running",
            (Some(_), false) => "ended",
        };
        write!(f, "Thread<{}>({:?}, {stage})", type_name::<T>(), self.record.name())
    }
}

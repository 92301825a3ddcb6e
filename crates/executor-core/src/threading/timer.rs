use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::error::ThreadError;
use crate::fork::{self, ForkLock};
use crate::future::{SharedFuture, promise};
use crate::panic;

use super::clock::{Entry, Function, Key};
use super::forked::watch;
use super::keeper;

/// Calls a function once, some time after it was started, unless it is cancelled before.
///
/// All pending timers of a program share one thread, which starts with the first of them and ends
/// when none is left; ten thousand timers cost one thread. The function runs on another: one thread
/// runs what is due, one function after another, and more are started as soon as a function takes
/// longer than a millisecond. So a long or a panicking function does not hold up others, beyond
/// that. A panic goes to the hook of [`set_excepthook`](super::set_excepthook). If the operating
/// system refuses a thread while others live they do the work, and if there is none, functions run
/// one after another on the thread that keeps the time.
///
/// The time runs from [`start`](Self::start), on a monotonic clock. `Duration::MAX`, like any time
/// that a clock cannot tell, never comes. Dropping the handle leaves a started timer as it is. A
/// timer stays with its process: in a forked child it never fires, is not alive, and joining it
/// returns at once.
///
/// Python's `threading.Timer`. There it is a thread from start to end; here a timer is listed by
/// [`enumerate`](super::enumerate) only while its function runs, as `Timer-1`, `Timer-2` and so on.
///
/// ```
/// use concurrent_futures::threading::Timer;
/// use std::sync::mpsc;
/// use std::time::Duration;
///
/// let (tell, told) = mpsc::channel();
/// let timer = Timer::new(Duration::from_millis(10), move || tell.send("time is up").unwrap());
/// timer.start().unwrap();
/// assert_eq!(told.recv().unwrap(), "time is up");
/// timer.join().unwrap();
/// assert!(!timer.cancel(), "it has fired");
/// ```
#[doc(alias = "threading.Timer")]
pub struct Timer {
    interval: Duration,
    /// The lock is held while the timer is started or cancelled, and never while it fires.
    stage: ForkLock<Stage>,
}

/// How far a timer has come, as its handle knows.
enum Stage {
    Unstarted(Function),
    /// Before it was started.
    Cancelled,
    Started(Started),
}

#[derive(Clone)]
struct Started {
    key: Key,
    over: SharedFuture<()>,
    cancelled: bool,
    /// The fork generation.
    born: u32,
}

impl Started {
    fn inherited(&self) -> bool {
        self.born != fork::generation()
    }
}

/// Two timers for the same moment are told apart by their numbers.
fn number() -> u64 {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    NUMBERS.fetch_add(1, Relaxed)
}

impl Timer {
    /// A timer that is to call `f` once, `interval` after its [start](Self::start).
    pub fn new(interval: Duration, f: impl FnOnce() + Send + 'static) -> Self {
        watch();
        Self { interval, stage: ForkLock::new(Stage::Unstarted(Box::new(f))) }
    }

    /// Starts the timer, once. One that was cancelled before is over at once.
    ///
    /// # Errors
    ///
    /// [`AlreadyStarted`](ThreadError::AlreadyStarted) if it was started before, also if it has
    /// fired since. [`Os`](ThreadError::Os) if the one thread for all timers has to be started and
    /// the operating system refuses: then it is unstarted as before, and may be started again.
    pub fn start(&self) -> Result<(), ThreadError> {
        // Whoever held the lock at a fork was starting or cancelling it.
        let mut stage = self.stage.lock().ok_or(ThreadError::AlreadyStarted)?;
        let key = Key::new(self.interval, number());
        let (over, future) = promise();
        let over_soon = future.shared();
        let cancelled = match std::mem::replace(&mut *stage, Stage::Cancelled) {
            Stage::Unstarted(f) => {
                if let Err((error, entry)) = keeper::set(key, Entry::new(f, over)) {
                    *stage = Stage::Unstarted(entry.into_parts().0);
                    return Err(ThreadError::Os(error));
                }
                false
            }
            Stage::Cancelled => over.set_result(()).is_ok(),
            Stage::Started(started) => {
                *stage = Stage::Started(started);
                return Err(ThreadError::AlreadyStarted);
            }
        };
        let born = fork::generation();
        *stage = Stage::Started(Started { key, over: over_soon, cancelled, born });
        Ok(())
    }

    /// Cancels the timer if its function has not begun. True: it never runs, because of this call
    /// or an earlier one, and the function has been dropped. False: it runs or has run, and nothing
    /// is changed. It may be called before [`start`](Self::start), which then does nothing.
    ///
    /// Whoever waits for the timer is woken. Never waits for the function.
    pub fn cancel(&self) -> bool {
        let Some(mut stage) = self.stage.lock() else { return false };
        match &mut *stage {
            Stage::Cancelled => true,
            Stage::Unstarted(_) => {
                let unstarted = std::mem::replace(&mut *stage, Stage::Cancelled);
                drop(stage);
                panic::contain(|| drop(unstarted));
                true
            }
            Stage::Started(started) => {
                let Some(entry) = keeper::withdraw(started.key) else { return started.cancelled };
                started.cancelled = true;
                drop(stage);
                let (f, over) = entry.into_parts();
                panic::contain(|| drop(f));
                over.set_result(()).is_ok()
            }
        }
    }

    /// Waits until the function has run or the timer was cancelled; only that wakes it. A panic of
    /// the function is no error here.
    ///
    /// # Errors
    ///
    /// [`NotStarted`](ThreadError::NotStarted), and [`CurrentThread`](ThreadError::CurrentThread)
    /// when the function waits for its own end.
    pub fn join(&self) -> Result<(), ThreadError> {
        if let Some(over) = self.to_be_awaited()? {
            over.wait();
        }
        Ok(())
    }

    /// Waits as [`join`](Self::join) does, but at most for `timeout`: true if it is over. Zero only
    /// looks, and `Duration::MAX` is for ever.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub fn join_timeout(&self, timeout: Duration) -> Result<bool, ThreadError> {
        if Instant::now().checked_add(timeout).is_none() {
            return self.join().map(|()| true);
        }
        let over = self.to_be_awaited()?;
        Ok(over.is_none_or(|over| over.wait_timeout(timeout).is_ok()))
    }

    /// What there is to wait for; `None` in a process in which the timer never fires.
    fn to_be_awaited(&self) -> Result<Option<SharedFuture<()>>, ThreadError> {
        let Some(stage) = self.stage.lock() else { return Ok(None) };
        match &*stage {
            Stage::Started(started) if keeper::runs(started.key) => Err(ThreadError::CurrentThread),
            Stage::Started(started) if started.inherited() => Ok(None),
            Stage::Started(started) => Ok(Some(started.over.clone())),
            Stage::Unstarted(_) | Stage::Cancelled => Err(ThreadError::NotStarted),
        }
    }

    /// It was started, was not cancelled, and its function has not ended.
    pub fn is_alive(&self) -> bool {
        let stage = self.stage.lock();
        match stage.as_deref() {
            Some(Stage::Started(started)) => !started.inherited() && !started.over.done(),
            _ => false,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let stage = std::mem::replace(self.stage.get_mut(), Stage::Cancelled);
        panic::contain(|| drop(stage));
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = self.stage.lock();
        let stage = match stage.as_deref() {
            Some(Stage::Unstarted(_)) => "not started",
            Some(Stage::Cancelled) => "cancelled",
            Some(Stage::Started(started)) if started.cancelled => "cancelled",
            Some(Stage::Started(started)) if started.over.done() => "fired",
            _ => "started",
        };
        write!(f, "Timer({:?}, {stage})", self.interval)
    }
}

use std::borrow::Cow;
use std::fmt;
use std::panic::resume_unwind;

use super::panic_info::{Cut, PanicInfo};
use super::worker_exit::WorkerExit;

/// Why a task has no result.
///
/// One pointer wide, so that a future's result slot stays small. `Display` is a full sentence that
/// names the cause; [`kind`](Self::kind) is what a program branches on.
///
/// ```
/// use concurrent_futures::{TaskErrorKind, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::new(1).unwrap();
/// let error = pool.spawn(|| -> u8 { panic!("no answer") }).result().unwrap_err();
/// assert_eq!(error.kind(), TaskErrorKind::Panicked);
/// assert_eq!(error.panic().unwrap().message(), "no answer");
/// ```
pub struct TaskError {
    detail: Box<Detail>,
}

enum Detail {
    Plain { kind: TaskErrorKind, message: Cow<'static, str> },
    Panicked(PanicInfo),
    WorkerDied(WorkerExit),
}

/// The causes for which a task has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskErrorKind {
    /// It was cancelled before it began.
    Cancelled,
    /// It panicked; see [`TaskError::panic`].
    Panicked,
    /// The worker process that ran it ended; see [`TaskError::worker_exit`].
    WorkerDied,
    /// It did not finish in its time.
    TimedOut,
    /// It was ended on request while it ran.
    Killed,
    /// The executor had been shut down and refused it.
    ShutDown,
    /// The executor cannot run anything: its workers cannot start, or it belongs to the process
    /// from which this one was forked.
    Broken,
    /// Its argument or result could not be encoded.
    Encode,
    /// Its argument or result could not be decoded.
    Decode,
    /// Its promise was dropped without a result.
    Abandoned,
    /// Waiting for it would never have ended: the waiting task is awaited by the awaited one.
    Deadlock,
    /// An executor outside this crate gave it up; see [`TaskError::failed`].
    Failed,
}

impl TaskError {
    #[cold]
    pub(crate) fn new(kind: TaskErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Box::new(Detail::Plain { kind, message: message.into() }) }
    }

    /// An error of kind [`Failed`](TaskErrorKind::Failed), for people who write executors.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(TaskErrorKind::Failed, message.into())
    }

    /// An error of kind [`WorkerDied`](TaskErrorKind::WorkerDied), for people who write executors.
    pub fn worker_died(exit: WorkerExit) -> Self {
        Self { detail: Box::new(Detail::WorkerDied(exit)) }
    }

    #[cold]
    pub(crate) fn panicked(info: PanicInfo) -> Self {
        Self { detail: Box::new(Detail::Panicked(info)) }
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(
            TaskErrorKind::Cancelled,
            "the task was cancelled before it began, so it has no result; submit it again if it is needed",
        )
    }

    pub(crate) fn shut_down() -> Self {
        Self::new(
            TaskErrorKind::ShutDown,
            "the executor refused the task because it has been shut down; submit before shutdown() \
             or build a new executor",
        )
    }

    pub(crate) fn abandoned() -> Self {
        Self::new(
            TaskErrorKind::Abandoned,
            "the task's promise was dropped without a result; call set_result or set_exception on \
             every path",
        )
    }

    pub(crate) fn broken(message: String) -> Self {
        Self::new(TaskErrorKind::Broken, message)
    }

    pub(crate) fn encode(message: String) -> Self {
        Self::new(TaskErrorKind::Encode, message)
    }

    pub(crate) fn decode(message: String) -> Self {
        Self::new(TaskErrorKind::Decode, message)
    }

    pub(crate) fn killed() -> Self {
        Self::new(
            TaskErrorKind::Killed,
            "the task was ended on request while it ran, together with its worker process",
        )
    }

    pub(crate) fn forked() -> Self {
        Self::new(
            TaskErrorKind::Broken,
            "the executor belongs to the process from which this one was forked, and its threads \
             did not come along; build a new executor after the fork",
        )
    }

    /// The cause, to branch on.
    pub fn kind(&self) -> TaskErrorKind {
        match &*self.detail {
            Detail::Plain { kind, .. } => *kind,
            Detail::Panicked(_) => TaskErrorKind::Panicked,
            Detail::WorkerDied(_) => TaskErrorKind::WorkerDied,
        }
    }

    /// What is known of the panic, if the task panicked.
    pub fn panic(&self) -> Option<&PanicInfo> {
        match &*self.detail {
            Detail::Panicked(info) => Some(info),
            _ => None,
        }
    }

    /// What is known of the panic, to be handed on.
    pub(crate) fn into_panic(self) -> Option<PanicInfo> {
        match *self.detail {
            Detail::Panicked(info) => Some(info),
            _ => None,
        }
    }

    /// How the worker process ended, if that is why there is no result.
    pub fn worker_exit(&self) -> Option<&WorkerExit> {
        match &*self.detail {
            Detail::WorkerDied(exit) => Some(exit),
            _ => None,
        }
    }

    /// Goes on with the task's panic on this thread: with its payload if it ran on a thread, with
    /// its message if it ran elsewhere. Any other error becomes a panic with its sentence.
    ///
    /// The panic hook ran when the panic began and does not run again for it.
    ///
    /// # Panics
    ///
    /// Always.
    pub fn resume(self) -> ! {
        match *self.detail {
            Detail::Panicked(info) => resume_unwind(info.into_payload()),
            Detail::Plain { message, .. } => panic!("{message}"),
            Detail::WorkerDied(exit) => panic!("{exit}"),
        }
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.detail {
            Detail::Plain { message, .. } => f.write_str(message),
            Detail::Panicked(info) => write!(f, "the task {info}"),
            Detail::WorkerDied(exit) => {
                write!(f, "{exit} while it ran the task{}", exit.last_words())
            }
        }
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not escaped, and cut: an error is often part of the message of the next panic, level by
        // level.
        write!(f, "TaskError({:?}: {})", self.kind(), Cut(&self.to_string()))
    }
}

impl std::error::Error for TaskError {}

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::error::{TaskError, TaskErrorKind, WorkerExit};
use crate::executor::Payload;
use crate::fork::ForkLock;
use crate::future::watch_forks;
use crate::panic;
use crate::process::{Body, Names, PanicReport, Word, ancestry, decode};

use super::error::ProcessError;
use super::family;
use super::plan::Plan;
use super::running::Running;

/// A process that calls one function, made from a function and its argument, and not started yet.
///
/// It is a fresh copy of the running program, which therefore says
/// [`concurrent_futures::init()`](crate::init) as the first line of its `main`. Function and
/// argument are as for a pool of processes: a plain `fn` or a closure that captures nothing, and a
/// value that serde can encode; several arguments are a tuple. Standard input is empty in it;
/// standard output and error are the program's.
///
/// What the function returned, or its panic, is [`into_result`](Self::into_result); how the process
/// ended is [`exitcode`](Self::exitcode). Neither argument nor result is bounded by a pipe: starting
/// with a large argument does not wait for the process to read it, and a process with a large result
/// ends without anybody reading it. Threads that the function left running end with the process.
///
/// A process outlives the `Process`, and goes on when the program ends, unless it is a
/// [`daemon`](Self::daemon). Call [`join_all`](super::join_all) at the end of `main` to wait for all.
///
/// Python's `multiprocessing.Process`. It is available on Linux.
///
/// ```standalone_crate
/// use concurrent_futures::multiprocessing::Process;
///
/// fn main() {
///     concurrent_futures::init();
///     let process = Process::new(|(a, b): (u64, u64)| a + b, (40, 2));
///     process.start().unwrap();
///     process.join().unwrap();
///     assert_eq!(process.exitcode(), Some(0));
///     assert_eq!(process.into_result().unwrap(), 42);
/// }
/// ```
#[doc(alias = "multiprocessing.Process")]
pub struct Process<R = ()> {
    name: String,
    line: String,
    daemon: bool,
    /// What is to be started; nothing once it has been.
    plan: ForkLock<Option<Plan>>,
    running: OnceLock<Arc<Running>>,
    result: PhantomData<fn() -> R>,
}

impl<R: Payload> Process<R> {
    /// A process that will call `target(args)`, once it is started.
    ///
    /// It is called `Process-1` and so on, and its children `Process-1:1` and so on.
    pub fn new<A: Payload>(target: fn(A) -> R, args: A) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        watch_forks();
        let line = ancestry::line_of_child(STARTED.fetch_add(1, Relaxed) + 1);
        Self {
            name: format!("Process-{line}"),
            line,
            daemon: false,
            plan: ForkLock::new(Some(Plan::new(target, args))),
            running: OnceLock::new(),
            result: PhantomData,
        }
    }

    /// Calls it something else; an empty name leaves it the numbered one. The name is for people;
    /// the system shows its first 15 bytes.
    ///
    /// # Panics
    ///
    /// If it was started before: it keeps the name that it was started with.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.refuse_if_started("with_name");
        let name = name.into();
        if !name.is_empty() {
            self.name = name;
        }
        self
    }

    /// Whether it ends with this process: when this process ends, whatever ends it (`SIGKILL`, too),
    /// and when the `Process` is dropped, it is killed. The default is `false`.
    ///
    /// Python forbids daemons to have children. Here they may: those that are daemons end with them.
    ///
    /// # Panics
    ///
    /// If it was started before: it stays what it was started as.
    pub fn daemon(mut self, daemon: bool) -> Self {
        self.refuse_if_started("daemon");
        self.daemon = daemon;
        self
    }

    fn refuse_if_started(&self, what: &str) {
        let name = &self.name;
        assert!(
            self.running.get().is_none(),
            "{what}() comes too late for {name}: call it before start()"
        );
    }

    /// What it returned: waits until it has ended.
    ///
    /// # Errors
    ///
    /// [`Panicked`](TaskErrorKind::Panicked) with its panic,
    /// [`WorkerDied`](TaskErrorKind::WorkerDied) with its exit code or signal if it ended before the
    /// function returned, [`Encode`](TaskErrorKind::Encode) or [`Decode`](TaskErrorKind::Decode) if
    /// argument or result could not travel, [`Failed`](TaskErrorKind::Failed) if it was never
    /// started.
    pub fn into_result(self) -> Result<R, TaskError> {
        let failed = |error: ProcessError| TaskError::failed(error.to_string());
        self.join().map_err(failed)?;
        let running = self.started().map_err(failed)?;
        let words = running.letter.read();
        let words =
            words.map_err(|error| TaskError::decode(format!("its result is lost: {error}")))?;
        let said = words.and_then(|(kind, _, body)| Some((Word::of(kind)?, body)));
        match said {
            Some((Word::Value, body)) => result(body),
            None | Some((Word::Call, _)) => Err(TaskError::worker_died(exit_of(running))),
            Some((word, body)) => Err(failure(&self.name, running.pid(), word, body.as_bytes())),
        }
    }
}

impl<R> Process<R> {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// It ends with this process.
    pub fn is_daemon(&self) -> bool {
        self.daemon
    }

    /// Starts it. A process can be started once.
    ///
    /// It does not wait for the function to begin. The argument is gone from this process when it
    /// returns. A start that the system refused can be tried again.
    ///
    /// # Errors
    ///
    /// [`AlreadyStarted`](ProcessError::AlreadyStarted), [`NotInitialised`](ProcessError::NotInitialised)
    /// if the program lacks the line `init()`, [`Encode`](ProcessError::Encode) if function or
    /// argument cannot travel, [`Os`](ProcessError::Os) if the system refuses a process, or if this
    /// would be one of a process of a process, 9 levels deep.
    pub fn start(&self) -> Result<(), ProcessError> {
        // Whoever held the lock at a fork was starting it.
        let mut place = self.plan.lock().ok_or(ProcessError::AlreadyStarted)?;
        let Some(plan) = &mut *place else { return Err(ProcessError::AlreadyStarted) };
        // What is left of others that have ended goes.
        drop(family::living());
        let names = Names {
            own: self.name.clone(),
            parent: ancestry::name().to_owned(),
            line: self.line.clone(),
        };
        let (child, letter) = plan.carry_out(names, self.daemon)?;
        *place = None;
        let running = Arc::new(Running::new(self.name.clone(), self.daemon, child, letter));
        family::add(Arc::clone(&running));
        let _first = self.running.set(running);
        Ok(())
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    ///
    /// [`NotStarted`](ProcessError::NotStarted); [`Os`](ProcessError::Os) if the system cannot wait.
    pub fn join(&self) -> Result<(), ProcessError> {
        self.join_until(None).map(|_ended| ())
    }

    /// Waits until it has ended, but no longer than this; true: it has ended. Zero only looks.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub fn join_timeout(&self, timeout: Duration) -> Result<bool, ProcessError> {
        self.join_until(Instant::now().checked_add(timeout))
    }

    fn join_until(&self, until: Option<Instant>) -> Result<bool, ProcessError> {
        let running = self.started()?;
        let ended = running.wait(until)?;
        if ended {
            family::forget(running);
        }
        Ok(ended)
    }

    /// It was started and has not ended.
    pub fn is_alive(&self) -> bool {
        self.running.get().is_some_and(|running| running.exitcode().is_none())
    }

    /// Its process id; `None` before it is started, and kept after its end. This is a number to
    /// show: [`terminate`](Self::terminate) and [`kill`](Self::kill) never reach another process
    /// that has got the same one.
    pub fn pid(&self) -> Option<u32> {
        self.running.get().map(|running| running.pid())
    }

    /// How it ended: `None` if it has not, 0 if the function returned, 101 if it panicked, 1 if
    /// argument or result could not travel, `n` if it called `exit(n)`, `-n` if signal `n` ended it,
    /// and 255 if another part of the program waited for it and took the news.
    pub fn exitcode(&self) -> Option<i32> {
        self.running.get()?.exitcode()
    }

    /// A descriptor that is readable when the process has ended, to poll together with others. It
    /// must not be read from.
    ///
    /// # Errors
    ///
    /// [`NotStarted`](ProcessError::NotStarted).
    pub fn sentinel(&self) -> Result<BorrowedFd<'_>, ProcessError> {
        Ok(self.started()?.sentinel())
    }

    /// Asks it to end (`SIGTERM`), which ends it unless it has arranged for something else. If it
    /// has ended, that is all right.
    ///
    /// A process that is ended so, or by [`kill`](Self::kill), drops nothing. The
    /// locks between processes that it held tell the next taker.
    ///
    /// # Errors
    ///
    /// [`NotStarted`](ProcessError::NotStarted); [`Os`](ProcessError::Os) if the system refuses.
    pub fn terminate(&self) -> Result<(), ProcessError> {
        self.signal(Signal::TERM)
    }

    /// Ends it (`SIGKILL`). If it has ended, that is all right.
    ///
    /// # Errors
    ///
    /// As [`terminate`](Self::terminate).
    pub fn kill(&self) -> Result<(), ProcessError> {
        self.signal(Signal::KILL)
    }

    /// Interrupts it (`SIGINT`), as the keys Ctrl-C do. If it has ended, that is all right.
    ///
    /// # Errors
    ///
    /// As [`terminate`](Self::terminate).
    pub fn interrupt(&self) -> Result<(), ProcessError> {
        self.signal(Signal::INT)
    }

    fn signal(&self, signal: Signal) -> Result<(), ProcessError> {
        Ok(self.started()?.signal(signal)?)
    }

    fn started(&self) -> Result<&Arc<Running>, ProcessError> {
        self.running.get().ok_or(ProcessError::NotStarted)
    }
}

fn result<R: Payload>(body: Body) -> Result<R, TaskError> {
    let refused =
        |why: String| TaskError::decode(format!("the process's result cannot be decoded: {why}"));
    match panic::catch(|| body.decode::<R>()) {
        Ok(decoded) => decoded.map_err(|why| refused(why.to_string())),
        Err(panicked) => Err(refused(panicked.to_string())),
    }
}

/// Why there is no result, as the process has told.
fn failure(name: &str, pid: u32, word: Word, bytes: &[u8]) -> TaskError {
    let text = String::from_utf8_lossy(bytes);
    match word {
        Word::Panicked => match decode::<PanicReport>(bytes) {
            Ok(report) => report.into_error(format!("{name} (process {pid})")),
            Err(why) => {
                TaskError::decode(format!("{name} panicked, and its report makes no sense: {why}"))
            }
        },
        Word::Encode => {
            TaskError::encode(format!("the result of {name} cannot be encoded: {text}"))
        }
        Word::Decode => {
            TaskError::decode(format!("the argument of {name} cannot be decoded in it: {text}"))
        }
        _ => TaskError::new(TaskErrorKind::Broken, format!("{name} could not begin: {text}")),
    }
}

/// How a process ended that has ended.
fn exit_of(running: &Running) -> WorkerExit {
    let code = running.exitcode();
    let signal = code.filter(|code| *code < 0).map(|code| -code);
    WorkerExit::new(running.pid(), code.filter(|code| *code >= 0), signal)
}

impl<R> Drop for Process<R> {
    /// A daemon ends; any other process goes on.
    fn drop(&mut self) {
        let Some(running) = self.running.get().filter(|running| running.is_own()) else { return };
        if self.daemon && running.exitcode().is_none() {
            // It is a child of this process, so it may be killed and waited for.
            let _allowed = running.signal(Signal::KILL);
            let _ended = running.wait(None);
        }
        if running.exitcode().is_some() {
            family::forget(running);
        }
    }
}

impl<R> fmt::Debug for Process<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("name", &self.name)
            .field("pid", &self.pid())
            .field("exitcode", &self.exitcode())
            .finish_non_exhaustive()
    }
}

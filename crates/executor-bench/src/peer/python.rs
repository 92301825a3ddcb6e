//! The peers from Python's world, each a script in the folder `python` that is started once and
//! then takes its orders line by line.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::cost::sum_below;
use crate::plan::Plan;

/// The scripts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Script {
    /// `concurrent.futures.ProcessPoolExecutor`.
    Executor,
    /// `multiprocessing.Pool.imap`.
    Imap,
    /// loky's reusable executor.
    Loky,
    /// Pebble's pool.
    Pebble,
}

impl Script {
    fn file(self) -> &'static str {
        match self {
            Self::Executor => "cpython_executor.py",
            Self::Imap => "multiprocessing_imap.py",
            Self::Loky => "loky_executor.py",
            Self::Pebble => "pebble_pool.py",
        }
    }
}

/// A script that runs.
pub(crate) struct Python {
    /// Library and version, as the script tells them.
    pub(crate) library: String,
    lines: RefCell<Lines>,
    child: Child,
}

struct Lines {
    /// Closed at the end, which tells the script to go.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts a script with a pool of `plan.workers`.
    ///
    /// # Errors
    ///
    /// There is no interpreter, or it cannot import the library: which of them, in words.
    pub(crate) fn start(plan: &Plan, script: Script) -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let mut command = Command::new(&plan.python);
        command.arg(folder.join(script.file())).arg(plan.workers.to_string());
        command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn().map_err(|error| format!("{}: {error}", plan.python))?;
        Self::listen(child)
    }

    /// Waits for the script's first line.
    fn listen(mut child: Child) -> Result<Self, String> {
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut lines = Lines { orders, answers };
        let first = lines.answer();
        let lines = RefCell::new(lines);
        let mut python = Self { library: String::new(), lines, child };
        match first.split_once(' ') {
            Some(("ready", library)) => library.clone_into(&mut python.library),
            Some(("absent", reason)) => return Err(reason.to_owned()),
            _ => return Err(format!("the script ended without a word: {first:?}")),
        }
        Ok(python)
    }

    /// The time that `work` takes over `count` tasks by the script's own clock.
    pub(crate) fn run(&self, work: &str, count: u64) -> Duration {
        let mut lines = self.lines.borrow_mut();
        let orders = lines.orders.as_mut().expect("open until the end");
        writeln!(orders, "{work} {count}").expect("the script takes orders");
        let answer = lines.answer();
        let (nanos, sum) = answer.split_once(' ').unwrap_or_default();
        assert_eq!(sum.parse(), Ok(sum_below(count)), "{} answered {answer:?}", self.library);
        Duration::from_nanos(nanos.parse().expect("nanoseconds"))
    }
}

impl Lines {
    /// The next line; empty when the script is gone.
    fn answer(&mut self) -> String {
        let mut line = String::new();
        let _ = self.answers.read_line(&mut line);
        line.trim_end().to_owned()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.lines.borrow_mut().orders.take());
        let _ = self.child.wait();
    }
}

//! Turns a hang into a failure that shows where every thread stood.

use std::io::Write;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;
use std::{env, fs, io, thread};

/// A test that takes longer than this hangs; slow machines raise it by `CF_WATCHDOG_SCALE`.
const LIMIT: Duration = Duration::from_secs(20);

/// Runs a test's body and ends the process with a dump of all threads when the body hangs.
pub(crate) fn check<T>(body: impl FnOnce() -> T) -> T {
    let _watched = watch();
    body()
}

/// Starts a watchdog that goes away when what is returned is dropped.
fn watch() -> Sender<()> {
    let test = thread::current().name().unwrap_or("unnamed").to_owned();
    let (watched, ended) = mpsc::channel::<()>();
    let limit = scaled(LIMIT);
    thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(move || {
            if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                bite(&test, limit);
            }
        })
        .expect("no thread for the watchdog");
    watched
}

/// So long, or longer on a slow machine.
#[allow(dead_code, reason = "most test programs wait for events only")]
pub(crate) fn scaled(time: Duration) -> Duration {
    let scale = env::var("CF_WATCHDOG_SCALE").ok().and_then(|text| text.parse().ok());
    time.mul_f64(scale.unwrap_or(1.0))
}

/// Writes to the descriptor itself, for `eprint!` would vanish in the capture of the test harness.
fn bite(test: &str, limit: Duration) -> ! {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "\nwatchdog: `{test}` has not ended within {limit:?}; its threads:");
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let _ = describe(&task.path(), &mut out);
    }
    let _ = out.flush();
    let _ = backtraces();
    process::abort()
}

fn describe(task: &Path, out: &mut impl Write) -> io::Result<()> {
    let id = task.file_name().unwrap_or_default().to_string_lossy();
    writeln!(out, "--- thread {id}")?;
    for fact in ["comm", "wchan", "syscall", "stack"] {
        if let Ok(text) = fs::read_to_string(task.join(fact)) {
            writeln!(out, "{fact}: {}", text.trim())?;
        }
    }
    Ok(())
}

/// Lets gdb, where there is one, write the backtraces of all threads.
///
/// It writes past this process, which is stopped meanwhile and could not read from a pipe.
fn backtraces() -> io::Result<ExitStatus> {
    let pid = process::id().to_string();
    Command::new("timeout")
        .args(["60", "gdb", "-p", &pid, "-batch", "-ex", "thread apply all bt 40"])
        .stdin(Stdio::null())
        .stdout(io::stderr().as_fd().try_clone_to_owned()?)
        .status()
}

//! Two pipes between two processes, each held to a core of its own: the limit of what waking
//! another process and being woken by it takes.

use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::child::{self, MESSAGE, Role};

/// A child that sends back every message.
pub(crate) struct RawPipe {
    pong: Child,
}

impl RawPipe {
    /// Starts the child.
    ///
    /// # Errors
    ///
    /// It cannot be started, or the two processes cannot each have a core of their own.
    pub(crate) fn start() -> Result<Self, String> {
        let mut command = child::command(Role::Pong);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut pong = command.spawn().map_err(|error| error.to_string())?;
        if let Err(reason) = cores::give(&pong) {
            let _ = pong.kill();
            let _ = pong.wait();
            return Err(reason);
        }
        Ok(Self { pong })
    }

    /// The time that so many messages take, there and back, one at a time.
    pub(crate) fn trips(&mut self, count: u64) -> Duration {
        let requests = self.pong.stdin.as_mut().expect("a pipe");
        let replies = self.pong.stdout.as_mut().expect("a pipe");
        // A thread of its own, as threads that are started later inherit the core.
        let run = || {
            cores::take();
            let mut message = [7; MESSAGE];
            let start = Instant::now();
            for _ in 0..count {
                requests.write_all(&message).expect("the child reads");
                replies.read_exact(&mut message).expect("the child answers");
            }
            start.elapsed()
        };
        thread::scope(|scope| scope.spawn(run).join().expect("a thread that measures"))
    }
}

impl Drop for RawPipe {
    fn drop(&mut self) {
        drop(self.pong.stdin.take());
        let _ = self.pong.wait();
    }
}

#[cfg(target_os = "linux")]
mod cores {
    //! Who runs where.

    use std::process::Child;

    use rustix::process::Pid;
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// Holds the child to the second of the cores that this process may use.
    pub(super) fn give(child: &Child) -> Result<(), String> {
        let second = nth(1).ok_or("this process may use one core only")?;
        hold(Some(Pid::from_child(child)), second)
    }

    /// Holds this thread to the first.
    pub(super) fn take() {
        let held = nth(0).ok_or_else(|| "no core".to_owned()).and_then(|first| hold(None, first));
        held.expect("a core that this process may use");
    }

    fn nth(n: usize) -> Option<usize> {
        let allowed = sched_getaffinity(None).ok()?;
        (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).nth(n)
    }

    fn hold(process: Option<Pid>, core: usize) -> Result<(), String> {
        let mut only = CpuSet::new();
        only.set(core);
        sched_setaffinity(process, &only).map_err(|error| error.to_string())
    }
}

#[cfg(not(target_os = "linux"))]
mod cores {
    //! Who runs where is the system's affair.

    use std::process::Child;

    pub(super) fn give(_: &Child) -> Result<(), String> {
        Err("only Linux lets a process choose its core".to_owned())
    }

    pub(super) fn take() {}
}

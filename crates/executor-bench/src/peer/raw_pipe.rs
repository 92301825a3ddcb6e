//! Two pipes between two processes, each held to a core of its own: the limit of what waking
//! another process and being woken by it takes.

use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::child::{self, MESSAGE, Role};
use super::cores;

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
            cores::take(0).expect("a core that this process may use");
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

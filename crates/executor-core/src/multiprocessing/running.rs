use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};

use crate::fork::ForkLock;
use crate::process::{Child, Letter, signal};

use super::ready::ready;

/// A process that was started, as its parent knows it.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) name: String,
    pub(super) daemon: bool,
    pub(super) child: Child,
    /// What came of it, once it has ended.
    pub(super) letter: Letter,
    /// Who started it, of a program that forks.
    owner: u32,
    /// The exit code, once the news of its end have been taken.
    ended: ForkLock<Option<i32>>,
}

/// The end of the process is not known: somebody else took the news of it.
const LOST: i32 = 255;

impl Running {
    pub(super) fn new(name: String, daemon: bool, child: Child, letter: Letter) -> Self {
        Self { name, daemon, child, letter, owner: std::process::id(), ended: ForkLock::new(None) }
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.pid
    }

    /// Waits for its end, at most until then; false: it has not ended.
    pub(super) fn wait(&self, until: Option<Instant>) -> io::Result<bool> {
        Ok(ready(self.child.pidfd.as_fd(), PollFlags::IN, until)? && self.exitcode().is_some())
    }

    /// Readable when it has ended.
    pub(super) fn sentinel(&self) -> BorrowedFd<'_> {
        self.child.pidfd.as_fd()
    }

    /// How it has ended, if it has; then no trace of it is left in the system.
    pub(super) fn exitcode(&self) -> Option<i32> {
        // Whoever held the lock at a fork was the parent, who takes the news.
        let Some(mut ended) = self.ended.lock() else { return self.take_news() };
        if ended.is_none() {
            *ended = self.take_news();
        }
        *ended
    }

    /// A process that was forked off is not its parent, and only sees that it is gone.
    fn take_news(&self) -> Option<i32> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        loop {
            return match waitid(WaitId::PidFd(self.child.pidfd.as_fd()), options) {
                Ok(status) => {
                    let status = status?;
                    let signal = status.terminating_signal().map(|signal| -signal);
                    Some(status.exit_status().or(signal).unwrap_or(LOST))
                }
                Err(Errno::INTR) => continue,
                Err(_) => {
                    let now = Some(Instant::now());
                    let gone = ready(self.child.pidfd.as_fd(), PollFlags::IN, now);
                    gone.unwrap_or(true).then_some(LOST)
                }
            };
        }
    }

    /// Sends it a signal; if it has ended, that is all right.
    pub(super) fn signal(&self, number: Signal) -> io::Result<()> {
        signal(self.child.pidfd.as_fd(), number)
    }

    /// This process started it.
    pub(super) fn is_own(&self) -> bool {
        self.owner == std::process::id()
    }
}

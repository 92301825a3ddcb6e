//! How a process ended, and how to make it end.
//!
//! Rule W1. `wait4` writes the status and the usage, both of which are locals of the caller, and
//! keeps neither address.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::process::Signal;

/// How a process ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Its exit code, unless a signal ended it.
    pub(crate) code: Option<i32>,
    /// The signal that ended it. Neither this nor a code: somebody else took the news.
    pub(crate) signal: Option<i32>,
    /// It left a core file.
    pub(crate) core: bool,
    /// The most memory it ever had, in bytes.
    pub(crate) max_rss: u64,
}

/// Takes the news that the child `pid` has ended: `None` if it has not, unless it shall `wait` for
/// it.
pub(crate) fn reap(pid: u32, wait: bool) -> io::Result<Option<Ended>> {
    let flags = if wait { 0 } else { libc::WNOHANG };
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: W1.
        let reaped =
            unsafe { libc::wait4(pid.cast_signed(), &raw mut status, flags, usage.as_mut_ptr()) };
        if reaped == 0 {
            return Ok(None);
        }
        if reaped > 0 {
            // SAFETY: W1: all zero is a usage as well.
            let usage = unsafe { usage.assume_init() };
            return Ok(Some(ended(status, &usage)));
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            // The program ignores SIGCHLD, or another part of it waits for every child there is.
            Some(libc::ECHILD) => return Ok(Some(Ended::default())),
            _ => return Err(error),
        }
    }
}

fn ended(status: i32, usage: &libc::rusage) -> Ended {
    Ended {
        code: libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)),
        signal: libc::WIFSIGNALED(status).then(|| libc::WTERMSIG(status)),
        core: libc::WIFSIGNALED(status) && libc::WCOREDUMP(status),
        max_rss: u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024,
    }
}

/// Sends a signal to a process; one that has ended needs none.
pub(crate) fn signal(pidfd: BorrowedFd<'_>, signal: Signal) -> io::Result<()> {
    match rustix::process::pidfd_send_signal(pidfd, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

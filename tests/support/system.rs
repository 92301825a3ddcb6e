//! What a test asks of the system: signals, limits, and the ways in which a process can end.
#![allow(dead_code, unused_imports, reason = "each test program needs only a part of it")]

use std::fs;
use std::io;

pub(crate) use libc::{SIGABRT, SIGBUS, SIGCONT, SIGKILL, SIGSEGV, SIGSTOP, SIGTERM};

/// Sends a signal; false: there is no such process any more.
pub(crate) fn signal(pid: u32, signal: i32) -> bool {
    // SAFETY: a plain call.
    unsafe { libc::kill(pid.cast_signed(), signal) == 0 }
}

/// Ends the calling process by a signal.
pub(crate) fn end_by(number: i32) -> ! {
    loop {
        // A handler that expects a fault puts the default back, and expects it again.
        signal(std::process::id(), number);
    }
}

/// Ends the calling process at once, with nothing of the program's run.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` may be called at any time.
    unsafe { libc::_exit(code) }
}

/// What this process writes to its standard error goes there from now on.
pub(crate) fn be_standard_error(fd: &impl std::os::fd::AsRawFd) {
    // SAFETY: the number is replaced at once, and nobody owns it.
    let put = unsafe { libc::dup2(fd.as_raw_fd(), libc::STDERR_FILENO) };
    assert_eq!(put, libc::STDERR_FILENO, "{}", io::Error::last_os_error());
}

/// Writes where no memory is.
pub(crate) fn write_nowhere() {
    let nowhere = std::ptr::without_provenance_mut::<u8>(8);
    // SAFETY: none: this is the fault.
    unsafe { nowhere.write_volatile(1) };
}

/// Something can be read from a descriptor, or it has ended; waits so many milliseconds for that, or
/// without an end if they are negative.
pub(crate) fn poll(fd: i32, milliseconds: i32) -> bool {
    let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // SAFETY: one description, which lives as long as the call.
    unsafe { libc::poll(&raw mut poll, 1, milliseconds) == 1 }
}

/// The state of a process as one letter: `R` runs, `S` sleeps, `T` is stopped, `Z` has ended.
pub(crate) fn state(pid: u32) -> Option<char> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(')').next()?.trim_start().chars().next()
}

/// A process sleeps in a pipe: it waits for more to read, or for room to write.
///
/// Its state alone does not tell, for whoever is about to look whether he must sleep counts as
/// asleep.
pub(crate) fn waits_for_a_pipe(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/wchan")).is_ok_and(|place| place.contains("pipe"))
}

/// What `ps` shows of a process.
pub(crate) fn command(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default()
}

/// The children of this process, those included that have ended and were not waited for.
pub(crate) fn children() -> Vec<u32> {
    let own = std::process::id();
    let entries = fs::read_dir("/proc").expect("this test needs /proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found: Vec<u32> = pids.filter(|pid| parent(*pid) == Some(own)).collect();
    found.sort_unstable();
    found
}

fn parent(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// What the descriptors of this process stand for, but for that of the look itself.
pub(crate) fn descriptors() -> Vec<String> {
    let folder = fs::read_dir("/proc/self/fd").expect("this test needs /proc");
    let links = folder.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    let names = links.map(|link| link.to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("/proc/")).collect();
    names.sort();
    names
}

/// The memory that this process uses, in bytes.
pub(crate) fn memory() -> usize {
    let text = fs::read_to_string("/proc/self/statm").expect("this test needs /proc");
    let pages: usize = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// While this lives, a write into a pipe that nobody reads ends this process.
#[derive(Debug)]
pub(crate) struct Mortal(libc::sighandler_t);

impl Mortal {
    pub(crate) fn new() -> Self {
        // SAFETY: the default needs no code of ours.
        Self(unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) })
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        // SAFETY: what was there before.
        unsafe { libc::signal(libc::SIGPIPE, self.0) };
    }
}

/// A limit of this process that is as it was again when this is dropped.
#[derive(Debug)]
pub(crate) struct Limited {
    which: libc::__rlimit_resource_t,
    before: libc::rlimit,
}

impl Limited {
    /// No descriptor gets a number from this one on.
    pub(crate) fn descriptors(most: u64) -> Self {
        Self::new(libc::RLIMIT_NOFILE, most)
    }

    /// No process leaves its memory in a file when it crashes.
    pub(crate) fn cores() -> Self {
        Self::new(libc::RLIMIT_CORE, 0)
    }

    fn new(which: libc::__rlimit_resource_t, most: u64) -> Self {
        let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: it writes to a local.
        let got = unsafe { libc::getrlimit(which, &raw mut before) };
        assert_eq!(got, 0, "{}", io::Error::last_os_error());
        let limited = Self { which, before };
        limited.set(libc::rlimit { rlim_cur: most.min(before.rlim_max), ..before });
        limited
    }

    fn set(&self, limit: libc::rlimit) {
        // SAFETY: it reads a local.
        let set = unsafe { libc::setrlimit(self.which, &raw const limit) };
        assert_eq!(set, 0, "{}", io::Error::last_os_error());
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.set(self.before);
    }
}

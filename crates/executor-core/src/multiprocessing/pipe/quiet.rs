//! Writing into a pipe that nobody may read any more, in a program that a signal would end then.
//!
//! - S1. A signal set is filled before it is handed to a call, which copies it.
//! - S2. The mask is that of the calling thread, which puts it back before it does anything else.

use std::mem::MaybeUninit;
use std::ptr::null_mut;

use rustix::io::Errno;

/// Writes; where that fails as nobody reads, no signal is left of it.
pub(super) fn without_signal<T>(write: impl FnOnce() -> Result<T, Errno>) -> Result<T, Errno> {
    if is_ignored() {
        return write();
    }
    let set = only_pipe();
    let mut before = MaybeUninit::uninit();
    // SAFETY: S1 and S2.
    let blocked =
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, before.as_mut_ptr()) };
    if blocked != 0 {
        return Err(Errno::from_raw_os_error(blocked));
    }
    let was_pending = is_pending();
    let written = write();
    if matches!(written, Err(Errno::PIPE)) && !was_pending {
        let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: S1. It takes the signal that the write has sent to this thread.
        unsafe { libc::sigtimedwait(&raw const set, null_mut(), &raw const none) };
    }
    // SAFETY: S1 and S2: the call above has filled it.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), null_mut()) };
    written
}

/// The program ignores the signal, as programs in Rust do unless they change it.
fn is_ignored() -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: S1: it only asks.
    let asked = unsafe { libc::sigaction(libc::SIGPIPE, std::ptr::null(), action.as_mut_ptr()) };
    // SAFETY: S1: all zero is an action, too.
    let action = unsafe { action.assume_init() };
    asked == 0 && action.sa_sigaction == libc::SIG_IGN
}

fn only_pipe() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: S1.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: S1.
    unsafe { libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE) };
    // SAFETY: S1.
    unsafe { set.assume_init() }
}

fn is_pending() -> bool {
    let mut set = only_pipe();
    // SAFETY: S1.
    unsafe { libc::sigpending(&raw mut set) };
    // SAFETY: S1.
    unsafe { libc::sigismember(&raw const set, libc::SIGPIPE) == 1 }
}

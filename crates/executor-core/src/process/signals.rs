//! What a process that serves this program does about signals, first of all.
//!
//! - S1. `_exit` ends the process, whatever it is doing.
//! - S2. A signal set is filled before it is handed to a call, which copies it.

#[expect(unsafe_code, reason = "sigaction; rules A1 and A2")]
mod action;
#[expect(unsafe_code, reason = "a handler with a stack of its own; rules O1 to O3")]
mod overflow;

use std::ffi::{CString, c_int};
use std::io;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use rustix::process::{Signal, getppid, set_parent_process_death_signal};

use action::action;
pub(crate) use overflow::tell_of_overflows;

/// What the calling thread, the only one of a process that serves `parent`, does before anything
/// else.
pub(crate) fn prepare(parent: u32) -> io::Result<()> {
    follow(parent)?;
    // A handler, for a program that a worker executes starts with what is ignored, but without
    // handlers.
    let no_op = no_op as extern "C" fn(c_int);
    action(libc::SIGINT, no_op as libc::sighandler_t, libc::SA_RESTART)?;
    action(libc::SIGPIPE, libc::SIG_IGN, 0)?;
    block(Blocked::None)
}

/// The same for a process that is a program of its own: it is interrupted as any program is, and
/// ends with `parent` only if there is one that it has to end with.
pub(crate) fn prepare_program(parent: Option<u32>) -> io::Result<()> {
    if let Some(parent) = parent {
        follow(parent)?;
    }
    // As every program in Rust begins.
    action(libc::SIGPIPE, libc::SIG_IGN, 0)?;
    block(Blocked::None)
}

/// The parent decides what an interrupt from the keyboard means.
extern "C" fn no_op(_signal: c_int) {}

/// Ends this process with the thread that started it, or now if that has gone already.
pub(crate) fn follow(parent: u32) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    if !is_child_of(parent) {
        // Nobody is there to read a reason.
        leave(0);
    }
    Ok(())
}

/// Whether `parent` is the parent of this process. A parent outside of this process's namespace
/// cannot be named.
pub(crate) fn is_child_of(parent: u32) -> bool {
    getppid().is_none_or(|actual| actual.as_raw_pid().cast_unsigned() == parent)
}

/// Ends this process with nothing of the program's run.
pub(crate) fn leave(code: i32) -> ! {
    // SAFETY: S1.
    unsafe { libc::_exit(code) }
}

/// Keeps all signals from the calling thread.
pub(crate) fn block_all() {
    // Only an unknown way to change the mask is an error.
    let _always_known = block(Blocked::All);
}

/// Which signals a thread does not get.
enum Blocked {
    All,
    None,
}

/// Says which signals the calling thread does not get.
fn block(which: Blocked) -> io::Result<()> {
    let mut set = MaybeUninit::uninit();
    match which {
        // SAFETY: S2.
        Blocked::All => unsafe { libc::sigfillset(set.as_mut_ptr()) },
        // SAFETY: S2.
        Blocked::None => unsafe { libc::sigemptyset(set.as_mut_ptr()) },
    };
    // SAFETY: S2.
    match unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, set.as_ptr(), null_mut()) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Names the calling thread, and with it the process if it is the first one, as `top` shows it; of
/// a long name only the beginning is kept.
pub(crate) fn name(name: &str) {
    const MOST: usize = 15;
    let bytes: Vec<u8> = name.bytes().filter(|&byte| byte != 0).take(MOST).collect();
    if let Ok(name) = CString::new(bytes) {
        // A name is not worth an error.
        let _refused = rustix::thread::set_name(&name);
    }
}

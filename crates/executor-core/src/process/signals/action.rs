//! What a signal does.
//!
//! - A1. A handler does nothing but what is safe at any moment: it calls async-signal-safe
//!   functions and reads atomics.
//! - A2. An action is initialised before it is handed to a call, which copies it.

use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

/// Sets what a signal does: one of the C library's constants, or the address of a handler.
pub(super) fn action(signal: c_int, handler: libc::sighandler_t, flags: c_int) -> io::Result<()> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: A2: all zero is the default action with an empty mask.
    let action = unsafe { action.assume_init_mut() };
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    // SAFETY: A1 and A2.
    match unsafe { libc::sigaction(signal, action, null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

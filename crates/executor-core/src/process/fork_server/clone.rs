//! `fork`, but the new process becomes a sibling.
//!
//! - K1. The process has one thread, so in the copy nothing is half done: no lock is held by a
//!   thread that is not there.
//! - K2. Without `CLONE_VM` and with no stack given the call returns twice, each time in memory
//!   that the other process does not see.
//! - K3. The C library keeps the number of its thread in a word whose address the kernel knows. The
//!   word is used only where it holds that number, for some libraries use the address for something
//!   else.

use std::ffi::{c_int, c_long, c_void};
use std::io;
use std::ptr::null_mut;

use rustix::thread::{get_clear_child_tid_address, gettid};

use crate::process::solo::alone;

/// What the C library must be told in the copy, for it does not know of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Library {
    /// Where it keeps the number of the thread.
    tid: *mut u32,
    /// The list of locks that the kernel gives back when a thread ends, and the size of its head.
    robust: (*mut c_void, usize),
}

/// Which of the two processes the caller is in.
pub(super) enum Side {
    Original(u32),
    Copy,
}

impl Library {
    /// `None` if this process must not be forked.
    pub(super) fn of_single_thread() -> Option<Self> {
        if !alone() {
            return None;
        }
        let tid = get_clear_child_tid_address().ok()??.cast::<u32>();
        // SAFETY: K3: it is the address of a word of this process.
        if unsafe { tid.read() } != gettid().as_raw_pid().cast_unsigned() {
            return None;
        }
        let mut robust = (null_mut::<c_void>(), 0_usize);
        // SAFETY: K3: the call writes the two locals.
        let known = unsafe {
            libc::syscall(libc::SYS_get_robust_list, 0, &raw mut robust.0, &raw mut robust.1)
        };
        (known == 0).then_some(Self { tid: tid.as_ptr(), robust })
    }

    /// Makes a copy of this process, which has the same parent.
    pub(super) fn fork(self) -> io::Result<Side> {
        let flags = libc::CLONE_PARENT | libc::CLONE_CHILD_SETTID | libc::CLONE_CHILD_CLEARTID;
        // SAFETY: K1 to K3.
        match unsafe { clone(flags | libc::SIGCHLD, self.tid) } {
            0 => {
                let (head, len) = self.robust;
                // SAFETY: K3: it is the list of the thread that this one was copied from.
                unsafe { libc::syscall(libc::SYS_set_robust_list, head, len) };
                Ok(Side::Copy)
            }
            pid => match u32::try_from(pid) {
                Ok(pid) => Ok(Side::Original(pid)),
                Err(_negative) => Err(io::Error::last_os_error()),
            },
        }
    }
}

/// The bare system call. Machines differ in where it looks for the address, and no other one is
/// given, so it is given at both places.
///
/// # Safety
///
/// As rules K1 to K3 say.
unsafe fn clone(flags: c_int, tid: *mut u32) -> c_long {
    let flags = c_long::from(flags);
    let none = null_mut::<c_void>();
    #[cfg(not(target_arch = "s390x"))]
    let (first, second) = (flags, none);
    #[cfg(target_arch = "s390x")]
    let (first, second) = (none, flags);
    // SAFETY: K2.
    unsafe { libc::syscall(libc::SYS_clone, first, second, none, tid, tid) }
}

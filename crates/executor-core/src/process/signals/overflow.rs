//! Tells of a stack overflow as std does, in a process in which std has not begun.
//!
//! - O1. The handler is async-signal-safe: it reads an atomic, asks for a limit, writes and aborts,
//!   or sets the default action and returns.
//! - O2. The kernel hands the handler a description of the fault, valid while it runs.
//! - O3. The memory of the signal stack is mapped here and never unmapped.

use std::ffi::{c_int, c_void};
use std::io;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
use rustix::process::{Resource, getrlimit};

use super::action::action;

/// About where the stack of the first thread begins; it grows downwards from there.
static TOP: AtomicUsize = AtomicUsize::new(0);

/// How far from the end of the stack a fault is still that of a stack.
const NEAR: usize = 1 << 20;

/// Takes care of faults of the calling thread, which is the first one of the process.
pub(crate) fn tell_of_overflows() -> io::Result<()> {
    let local = 0_u8;
    TOP.store(&raw const local as usize, Relaxed);
    own_stack()?;
    let handler = on_fault as extern "C" fn(c_int, *const libc::siginfo_t, *mut c_void);
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        action(signal, handler as libc::sighandler_t, libc::SA_SIGINFO | libc::SA_ONSTACK)?;
    }
    Ok(())
}

/// Gives the calling thread a stack for signals, with a page below it that may not be touched.
fn own_stack() -> io::Result<()> {
    let page = rustix::param::page_size();
    let size = (1 << 16_usize).max(2 * libc::SIGSTKSZ).next_multiple_of(page);
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: O3: a new mapping at an address that the kernel chooses.
    let memory = unsafe { mmap_anonymous(null_mut(), size + page, access, MapFlags::PRIVATE) }?;
    // SAFETY: O3: the first page of it.
    unsafe { mprotect(memory, page, MprotectFlags::empty()) }?;
    let start = memory.cast::<u8>().wrapping_add(page);
    let stack = libc::stack_t { ss_sp: start.cast(), ss_flags: 0, ss_size: size };
    // SAFETY: O3.
    match unsafe { libc::sigaltstack(&raw const stack, null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Ends the process with a word if its stack is full, and else as if there were no handler.
extern "C" fn on_fault(signal: c_int, info: *const libc::siginfo_t, _context: *mut c_void) {
    // SAFETY: O2.
    let info = unsafe { &*info };
    // SAFETY: O2: these signals come with an address.
    let address = unsafe { info.si_addr() } as usize;
    if is_at_the_end(address) {
        const SAYS: &[u8] = b"\nthread 'main' has overflowed its stack\n\
            fatal runtime error: stack overflow, aborting\n";
        // SAFETY: O1.
        unsafe { libc::write(2, SAYS.as_ptr().cast(), SAYS.len()) };
        // SAFETY: O1.
        unsafe { libc::abort() };
    }
    // The instruction that failed is executed again when this returns, and fails for good.
    let _never_refused = action(signal, libc::SIG_DFL, 0);
}

/// Whether the address lies about where the stack of the first thread may not grow any further.
fn is_at_the_end(address: usize) -> bool {
    let Some(limit) = getrlimit(Resource::Stack).current else { return false };
    let end = TOP.load(Relaxed).saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    address.abs_diff(end) < NEAR + (1 << 18)
}

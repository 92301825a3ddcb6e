//! Memory for large bodies, with fewer page faults: they would cost more than the bytes.
//!
//! Rule A1. The advice given changes when memory gets its pages, and how large they are, never what
//! is in it.

use rustix::mm::{Advice, madvise};

/// From this size on a body is worth a system call of its own.
const LARGE: usize = 256 << 10;
/// From this size on it is worth large pages.
const HUGE: usize = 4 << 20;

/// Prepares memory that is about to be written as a whole.
pub(crate) fn prepare(bytes: &mut [u8]) {
    if bytes.len() < LARGE {
        return;
    }
    let page = rustix::param::page_size();
    let start = bytes.as_ptr().addr().next_multiple_of(page);
    let end = (bytes.as_ptr().addr() + bytes.len()) / page * page;
    let inner = bytes.as_mut_ptr().with_addr(start).cast();
    let advice =
        if bytes.len() < HUGE { Advice::LinuxPopulateWrite } else { Advice::LinuxHugepage };
    // SAFETY: A1. An old system that knows no such advice is only slower.
    let _ignored = unsafe { madvise(inner, end.saturating_sub(start), advice) };
}

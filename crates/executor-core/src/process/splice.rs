//! Large bodies go into a pipe without being copied: the pipe refers to their pages until they are
//! read.
//!
//! Rule Q1. Pages that a pipe refers to are neither changed nor freed. The last bytes of a body, as
//! many as the pipe can hold, are copied into it; once those are in, nothing before them is any
//! more. So a body has only to stay as it is until all of it has been written. If it goes earlier
//! nobody reads what is left, as its reader has ended.

use std::os::fd::{AsFd, OwnedFd};

use rustix::io::{Errno, write};
use rustix::pipe::{IoSliceRaw, SpliceFlags, fcntl_getpipe_size, fcntl_setpipe_size, vmsplice};

/// How much goes into a pipe in one call. The reader is woken when the call is over, and reads
/// while the next one writes.
pub(crate) const TURN: usize = 128 << 10;

/// A pipe that large bodies go through holds as much, so that they need fewer turns. Others are left
/// as they are: all pipes of a user share what the system gives.
const WIDE: usize = 1 << 20;

/// Makes room in a pipe that a large body is about to go through; returns how much is copied at the
/// end of such a body. Beyond that much nothing is.
pub(crate) fn widen(pipe: &OwnedFd) -> usize {
    let size = fcntl_getpipe_size(pipe).unwrap_or(usize::MAX);
    if size >= WIDE {
        return size;
    }
    // Where the system refuses it, it takes longer.
    fcntl_setpipe_size(pipe, WIDE).unwrap_or(size)
}

/// Writes some of the rest of a body, as much as one call takes.
/// Never waits for room if `now`.
pub(crate) fn write_some(
    pipe: impl AsFd,
    rest: &[u8],
    copied: usize,
    now: bool,
) -> Result<usize, Errno> {
    let Some(uncopied) = rest.len().checked_sub(copied).filter(|left| *left > 0) else {
        return write(pipe, &rest[..rest.len().min(TURN)]);
    };
    let flags = if now { SpliceFlags::NONBLOCK } else { SpliceFlags::empty() };
    let pages = [IoSliceRaw::from_slice(&rest[..uncopied])];
    // SAFETY: Q1: both callers keep the body until all of it has been written.
    unsafe { vmsplice(pipe, &pages, flags) }
}

//! Large bodies go into a pipe without being copied: the pipe refers to their pages until they are
//! read.
//!
//! Rule Q1. Pages that a pipe refers to are neither changed nor freed. A [`Lender`] owns a body, and
//! lets nobody change it, until all of it has been written; one that the pipe can hold as a whole
//! it keeps until it has been read. Of a longer one the last bytes, as many as the pipe could hold
//! when the body was begun, are copied; once those are in, nothing before them is any more, unless
//! the pipe has been widened meanwhile: then it is kept as well. What a lender gives back may be
//! changed, so it must not be told of more bytes than were written. A lender goes together with its
//! pipe, whose reader has ended, so that nobody reads what is left; or it stays until its process
//! is gone.

use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::{Errno, ioctl_fionread, write};
use rustix::pipe::{IoSliceRaw, SpliceFlags, fcntl_getpipe_size, fcntl_setpipe_size, vmsplice};

/// How much is copied into a pipe in one call, and the size from which bodies are not. The reader is
/// woken when the call is over, and reads while the next one writes.
pub(crate) const TURN: usize = 128 << 10;

/// A pipe that large bodies go through holds as much, so that they need fewer turns. Others hold less:
/// all pipes of a user share what the system gives.
pub(crate) const WIDE: usize = 1 << 20;

/// Bytes that stay as they are for as long as it lives.
pub(crate) trait Block {
    fn bytes(&self) -> &[u8];
}

/// Puts large bodies into a pipe.
#[derive(Debug)]
pub(crate) struct Lender<B> {
    /// The body that goes in now.
    current: Option<Loan<B>>,
    /// How many bytes have ever been put into the pipe.
    written: u64,
    /// Bodies to which the pipe may still refer, with the number of the byte behind each; the
    /// oldest first.
    lent: VecDeque<(u64, B)>,
}

/// A body on its way.
#[derive(Debug)]
struct Loan<B> {
    body: B,
    /// How much of it is in the pipe.
    done: usize,
    /// How many bytes at its end are copied. Found once: whatever the pipe comes to hold later,
    /// those before have been referred to.
    copied: Option<usize>,
}

impl<B: Block> Lender<B> {
    /// For a pipe into which nothing has been put.
    pub(crate) fn new() -> Self {
        Self { current: None, written: 0, lent: VecDeque::new() }
    }

    /// A body is on its way.
    pub(crate) fn is_busy(&self) -> bool {
        self.current.is_some()
    }

    /// So many bytes have been put into the pipe by others.
    pub(crate) fn wrote(&mut self, bytes: usize) {
        self.written += bytes as u64;
    }

    /// Takes a body, once the one before is in the pipe.
    pub(crate) fn begin(&mut self, body: B) {
        debug_assert!(!self.is_busy(), "one body after another");
        self.current = Some(Loan { body, done: 0, copied: None });
    }

    /// Puts in some of the body, as much as one call takes; returns how many bytes, and the body once
    /// the pipe needs it no longer. Never waits for room if `now`.
    pub(crate) fn go_on(&mut self, pipe: &OwnedFd, now: bool) -> Result<(usize, Option<B>), Errno> {
        let Some(loan) = &mut self.current else { return Ok((0, None)) };
        // SAFETY: Q1: it stays here until `end`.
        let written = unsafe { loan.write_some(pipe, now) }?;
        loan.done += written;
        let all = loan.done == loan.body.bytes().len();
        self.written += written as u64;
        let free = if all { self.end(pipe) } else { None };
        Ok((written, free))
    }

    /// The body is in the pipe; it comes back unless it is lent.
    fn end(&mut self, pipe: &OwnedFd) -> Option<B> {
        let loan = self.current.take()?;
        // A pipe that holds more than was copied may still refer to what comes before.
        if size_of_pipe(pipe) > loan.copied.unwrap_or(0) {
            self.lent.push_back((self.written, loan.body));
            return None;
        }
        Some(loan.body)
    }

    /// Bodies are lent, as far as is known.
    pub(crate) fn has_lent(&self) -> bool {
        !self.lent.is_empty()
    }

    /// Lets go what has been read; returns the last of it.
    pub(crate) fn settle(&mut self, pipe: impl AsFd) -> Option<B> {
        if self.lent.is_empty() {
            return None;
        }
        // Where that cannot be asked, it is kept until the pipe goes.
        let unread = ioctl_fionread(pipe).ok()?;
        let read = self.written.saturating_sub(unread);
        let mut last = None;
        while let Some((_, body)) = self.lent.pop_front_if(|(end, _)| *end <= read) {
            last = Some(body);
        }
        last
    }
}

impl<B: Block> Loan<B> {
    /// # Safety
    ///
    /// Rule Q1 holds for the body.
    unsafe fn write_some(&mut self, pipe: &OwnedFd, now: bool) -> Result<usize, Errno> {
        let body = self.body.bytes();
        let copied = *self.copied.get_or_insert_with(|| {
            let holds = widen(pipe, WIDE);
            if body.len() <= WIDE { 0 } else { holds }
        });
        let rest = &body[self.done..];
        let copy = || write(pipe, &rest[..rest.len().min(TURN)]);
        let Some(uncopied) = rest.len().checked_sub(copied).filter(|left| *left > 0) else {
            return copy();
        };
        let flags = if now { SpliceFlags::NONBLOCK } else { SpliceFlags::empty() };
        let pages = [IoSliceRaw::from_slice(&rest[..uncopied])];
        // SAFETY: Q1: as the caller promises.
        match unsafe { vmsplice(pipe, &pages, flags) } {
            // Not every system that runs programs for Linux can do it, or lets them.
            Err(Errno::NOSYS | Errno::PERM | Errno::ACCESS | Errno::INVAL) => copy(),
            done => done,
        }
    }
}

/// Makes room for so many bytes in a pipe, where the system allows it; returns how much it holds.
pub(crate) fn widen(pipe: &OwnedFd, bytes: usize) -> usize {
    let size = size_of_pipe(pipe);
    if size >= bytes {
        return size;
    }
    fcntl_setpipe_size(pipe, bytes).unwrap_or(size)
}

/// As much as can be, where the system does not tell.
fn size_of_pipe(pipe: &OwnedFd) -> usize {
    fcntl_getpipe_size(pipe).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

//! The descriptors that a worker is given.
//!
//! Rule E1. In a process that `launch` has started, the numbers [`FIRST`] and up belong to whoever
//! takes them first, which is `init`, once: nothing else in the process knows of them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use rustix::io::{Errno, FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

use super::marker::Proof;

/// The number of the first descriptor that a started process is given; the others follow it.
pub(crate) const FIRST: RawFd = 3;

/// A worker's ends of what it shares with its parent.
#[derive(Debug)]
pub(crate) struct Ends {
    /// Where it reads what to do.
    pub(crate) requests: OwnedFd,
    /// Where it writes what came of it.
    pub(crate) replies: OwnedFd,
    /// The shared page.
    pub(crate) page: OwnedFd,
}

/// Where a process writes what its code prints.
#[derive(Debug)]
pub(crate) enum Output {
    /// Where this program writes.
    Inherit,
    /// Nowhere.
    Null,
    /// Into this descriptor.
    Pipe(OwnedFd),
}

impl Ends {
    /// In the order in which a worker is given them.
    pub(crate) fn borrow(&self) -> [BorrowedFd<'_>; 3] {
        [self.requests.as_fd(), self.replies.as_fd(), self.page.as_fd()]
    }

    /// Takes what `launch` put at the numbers 3, 4 and 5.
    ///
    /// # Safety
    ///
    /// As rule E1 says.
    pub(crate) unsafe fn take() -> io::Result<Self> {
        // SAFETY: E1.
        let take = |place| unsafe { take(place) };
        Ok(Self { requests: take(0)?, replies: take(1)?, page: take(2)? })
    }
}

/// Takes the descriptor that was given at `place`, and keeps it from programs that this process
/// starts.
///
/// # Safety
///
/// As rule E1 says.
pub(crate) unsafe fn take(place: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: E1.
    let fd = unsafe { OwnedFd::from_raw_fd(FIRST + place) };
    match fcntl_setfd(&fd, FdFlags::CLOEXEC) {
        Ok(()) => Ok(fd),
        Err(error) => {
            // There is no such descriptor, so none may be closed.
            std::mem::forget(fd);
            Err(error.into())
        }
    }
}

/// Moves a descriptor to a high number, out of the way of programs that close or reuse small ones.
pub(crate) fn raise(low: OwnedFd) -> io::Result<OwnedFd> {
    const HIGH: RawFd = 200;
    match fcntl_dupfd_cloexec(&low, HIGH) {
        Ok(high) => Ok(high),
        // The program allows fewer descriptors than that.
        Err(Errno::INVAL | Errno::MFILE) => Ok(low),
        Err(error) => Err(error.into()),
    }
}

/// Which file is open.
pub(crate) fn proof(fd: impl AsFd) -> io::Result<Proof> {
    let stat = rustix::fs::fstat(fd)?;
    Ok(Proof { device: stat.st_dev, inode: stat.st_ino })
}

/// Which file `launch` put at the first number, if anything is there.
pub(crate) fn given() -> io::Result<Proof> {
    // SAFETY: E1: it is only looked at, by the thread that may take it.
    proof(unsafe { BorrowedFd::borrow_raw(FIRST) })
}

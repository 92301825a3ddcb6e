use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::future::aside;

/// Waits until a descriptor is ready for this, or ended, or broken; false: it was not in time.
///
/// In a task of a pool of threads another worker stands in meanwhile.
pub(super) fn ready(
    fd: BorrowedFd<'_>,
    what: PollFlags,
    until: Option<Instant>,
) -> io::Result<bool> {
    let over = || until.is_some_and(|until| until <= Instant::now());
    let ready = is_ready(fd, what)?;
    if ready || over() {
        return Ok(ready);
    }
    aside(|| {
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(false);
            }
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            if look(fd, what, left)? {
                return Ok(true);
            }
        }
    })
}

/// The same without waiting.
pub(super) fn is_ready(fd: BorrowedFd<'_>, what: PollFlags) -> io::Result<bool> {
    look(fd, what, Some(Timespec::default()))
}

/// False: it is not ready yet.
fn look(fd: BorrowedFd<'_>, what: PollFlags, most: Option<Timespec>) -> io::Result<bool> {
    match poll(&mut [PollFd::from_borrowed_fd(fd, what)], most.as_ref()) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

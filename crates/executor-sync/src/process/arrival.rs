//! Opens what a ticket stands for, and makes sure that it is what was sent.

use super::travel::Ticket;
use rustix::fs::{Mode, OFlags, fstat, open};
use rustix::io::Errno;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

/// Opens the descriptor anew, or says why that cannot be.
///
/// Its number may belong to something else by now, which must not be opened: that could wait for
/// ever, or have a device do something. So it is first looked at without being opened.
pub(super) fn receive(ticket: &Ticket, access: OFlags) -> Result<OwnedFd, String> {
    let path = format!("/proc/{}/fd/{}", ticket.pid, ticket.number);
    let found = open(&path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
    let found = found.map_err(|error| refusal(ticket, error))?;
    let (device, inode) = identity(&found).map_err(|error| refusal(ticket, error))?;
    if (device, inode) != (ticket.device, ticket.inode) {
        return Err(gone(ticket));
    }
    let path = format!("/proc/self/fd/{}", found.as_raw_fd());
    let opened = open(&path, access | OFlags::CLOEXEC | OFlags::NOCTTY, Mode::empty());
    opened.map_err(|error| refusal(ticket, error))
}

/// What tells a file from every other that is open at the same time.
pub(super) fn identity(file: impl AsFd) -> Result<(u64, u64), Errno> {
    fstat(file).map(|stat| (stat.st_dev, stat.st_ino))
}

/// What was sent is not there any more.
pub(super) fn gone(ticket: &Ticket) -> String {
    format!(
        "what was sent is gone: its sender, process {}, has ended or dropped it before it was \
         received; keep a handle in the sender until the receiver has it",
        ticket.pid
    )
}

fn refusal(ticket: &Ticket, error: Errno) -> String {
    match error {
        Errno::NOENT if !Path::new("/proc/self/fd").exists() => {
            "what was sent cannot be opened, for there is no /proc here; mount it".to_owned()
        }
        Errno::NOENT | Errno::SRCH | Errno::NXIO => gone(ticket),
        Errno::ACCESS | Errno::PERM => format!(
            "what process {} has sent may not be opened: {error}; both processes have to belong to \
             one user, and the sender must not be protected from being looked at (PR_SET_DUMPABLE)",
            ticket.pid
        ),
        Errno::MFILE | Errno::NFILE => format!(
            "what process {} has sent cannot be opened: {error}; raise the limit (ulimit -n), or \
             drop what is no longer used",
            ticket.pid
        ),
        error => format!("what process {} has sent cannot be opened: {error}", ticket.pid),
    }
}

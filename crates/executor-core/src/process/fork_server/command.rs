//! What the program and its fork server say to each other: a message each, with descriptors on the
//! way there.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recv, recvmsg, send as send_bytes, sendmsg,
};
use serde::{Deserialize, Serialize};

/// A worker's three ends and its two outputs.
const MOST_FDS: usize = 5;

/// The longest message; a title is the only part of one that varies.
const MOST_BYTES: usize = 4096;

/// A worker to be forked off.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Command {
    /// Which command of its server it is; the answers carry the same number.
    pub(super) number: u32,
    pub(super) title: String,
    pub(super) stdout: Target,
    pub(super) stderr: Target,
}

/// Where a worker writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Target {
    Inherit,
    Null,
    /// Into the next of the descriptors behind the ends.
    Given,
}

/// What came of a command.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// From now on there may be a worker; another answer follows.
    Begun,
    Started(u32),
    Failed(i32),
    /// This process must not be forked.
    Cannot,
}

fn bytes(message: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_allocvec(message).map_err(io::Error::other)
}

fn message<'a, M: Deserialize<'a>>(bytes: &'a [u8]) -> io::Result<M> {
    let damaged = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    postcard::from_bytes(bytes).map_err(damaged)
}

/// Sends a command with its descriptors.
pub(super) fn send(
    socket: BorrowedFd<'_>,
    command: &Command,
    fds: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = bytes(command)?;
    if bytes.len() > MOST_BYTES || fds.len() > MOST_FDS {
        return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
    }
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_FDS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
    }
    rustix::io::retry_on_intr(|| {
        sendmsg(socket, &[IoSlice::new(&bytes)], &mut control, SendFlags::NOSIGNAL)
    })?;
    Ok(())
}

/// Waits for the next command; `None` if there is nobody to send one any more.
pub(super) fn receive(socket: BorrowedFd<'_>) -> io::Result<Option<(Command, Vec<OwnedFd>)>> {
    let mut bytes = [0; MOST_BYTES];
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_FDS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = rustix::io::retry_on_intr(|| {
        let mut parts = [IoSliceMut::new(&mut bytes)];
        recvmsg(socket, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)
    })?;
    let mut fds = Vec::with_capacity(MOST_FDS);
    for part in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = part {
            fds.extend(rights);
        }
    }
    if received.bytes == 0 {
        return Ok(None);
    }
    if received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        // Descriptors that this process has no room for are not delivered.
        return Err(io::Error::from_raw_os_error(libc::EMFILE));
    }
    Ok(Some((message(&bytes[..received.bytes])?, fds)))
}

/// Tells what came of a command.
pub(super) fn reply(socket: BorrowedFd<'_>, number: u32, answer: &Answer) -> io::Result<()> {
    let bytes = bytes(&(number, answer))?;
    rustix::io::retry_on_intr(|| send_bytes(socket, &bytes, SendFlags::NOSIGNAL))?;
    Ok(())
}

/// Waits for what came of a command. What is said of an earlier one is passed over: a worker says
/// of itself that it has been started, and the server says it again, so that one of them can be
/// killed.
pub(super) fn answer(socket: BorrowedFd<'_>, number: u32) -> io::Result<Answer> {
    loop {
        let (of, answer) = any_answer(socket)?;
        if of == number {
            return Ok(answer);
        }
    }
}

fn any_answer(socket: BorrowedFd<'_>) -> io::Result<(u32, Answer)> {
    let mut bytes = [0; 64];
    let received = rustix::io::retry_on_intr(|| recv(socket, &mut bytes[..], RecvFlags::empty()));
    let (len, _) = match received {
        Err(rustix::io::Errno::AGAIN) => {
            let says = "the fork server does not answer";
            return Err(io::Error::new(io::ErrorKind::TimedOut, says));
        }
        received => received?,
    };
    if len == 0 {
        let says = "the fork server ended before it answered";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, says));
    }
    message(&bytes[..len])
}

#[cfg(test)]
mod tests;

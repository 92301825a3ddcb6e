use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, IoSlice, writev};

use super::frame::{Header, Reply, ReplyKind};
use super::page::{Page, Turn};
use super::splice::{TURN, widen, write_some};

/// The longest reply that goes through the page; longer ones go through the pipe.
const SHORT: usize = 16 << 10;

/// The way of a worker's replies to the program.
#[derive(Debug)]
pub(super) struct Outlet {
    page: Page,
    turn: Turn,
    pipe: OwnedFd,
    header: Vec<u8>,
}

impl Outlet {
    pub(super) fn new((page, turn): (Page, Turn), pipe: OwnedFd) -> Self {
        Self { page, turn, pipe, header: Vec::with_capacity(Reply::LEN) }
    }

    pub(super) fn page(&self) -> &Page {
        &self.page
    }

    /// Sends a reply, and wakes the program for it if it sleeps. Blocks only while the pipe is
    /// full.
    pub(super) fn send(&mut self, mut reply: Reply, body: &[u8]) -> io::Result<()> {
        reply.len = body.len() as u64;
        self.header.clear();
        reply.write(&mut self.header);
        if body.len() <= SHORT && self.page.push(&mut self.turn, &self.header, body) {
            return self.announce();
        }
        if body.len() <= TURN {
            return write_all(&self.pipe, &self.header, body);
        }
        write_all(&self.pipe, &self.header, &[])?;
        let copied = widen(&self.pipe);
        let mut rest = body;
        while !rest.is_empty() {
            match write_some(&self.pipe, rest, copied, false) {
                Ok(written) => rest = &rest[written..],
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Wakes the program, if it sleeps, for something that it can see in the page.
    pub(super) fn announce(&mut self) -> io::Result<()> {
        if !self.page.bell().due() {
            return Ok(());
        }
        self.header.clear();
        Reply { kind: ReplyKind::Bell, slot: 0, seq: 0, item: 0, len: 0 }.write(&mut self.header);
        write_all(&self.pipe, &self.header, &[])
    }

    /// This pipe and another one are still open, in this process.
    pub(super) fn is_open_beside(&self, other: &OwnedFd) -> bool {
        let nothing = PollFlags::empty();
        let mut both = [PollFd::new(&self.pipe, nothing), PollFd::new(other, nothing)];
        // One call for both.
        let asked = poll(&mut both, Some(&Timespec::default()));
        asked.is_err() || both.iter().all(|end| !end.revents().contains(PollFlags::NVAL))
    }
}

fn write_all(pipe: &OwnedFd, mut header: &[u8], mut body: &[u8]) -> io::Result<()> {
    while !header.is_empty() || !body.is_empty() {
        let written = match writev(pipe, &[IoSlice::new(header), IoSlice::new(body)]) {
            Ok(written) => written,
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        let of_header = written.min(header.len());
        header = &header[of_header..];
        body = &body[written - of_header..];
    }
    Ok(())
}

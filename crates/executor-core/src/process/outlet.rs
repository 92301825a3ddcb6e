use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, IoSlice, writev};

use super::body::Body;
use super::codec::CodecError;
use super::frame::{Header, Reply, ReplyKind};
use super::page::{Page, Turn};
use super::paging;
use super::splice::{Block, Lender, TURN, WIDE};

/// The longest reply that goes through the page; longer ones go through the pipe.
const SHORT: usize = 16 << 10;

impl Block for Body {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// The way of a worker's replies to the program.
#[derive(Debug)]
pub(super) struct Outlet {
    page: Page,
    turn: Turn,
    pipe: OwnedFd,
    header: Vec<u8>,
    lender: Lender<Body>,
    /// A block that has been sent, in which the next large body can land.
    spare: Option<Body>,
}

impl Outlet {
    pub(super) fn new((page, turn): (Page, Turn), pipe: OwnedFd) -> Self {
        let header = Vec::with_capacity(Reply::LEN);
        Self { page, turn, pipe, header, lender: Lender::new(), spare: None }
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
        self.write_all(body)
    }

    /// Sends a reply whose body is a block of memory; see [`send`](Self::send).
    pub(super) fn send_block(&mut self, mut reply: Reply, block: Body) -> io::Result<()> {
        let bytes = block.as_bytes();
        // What would be kept until it is read, and with it much more that is not sent, is copied.
        let hoards = bytes.len() <= WIDE && block.spare() > WIDE;
        if bytes.len() < TURN || hoards {
            return self.send(reply, bytes);
        }
        reply.len = bytes.len() as u64;
        self.header.clear();
        reply.write(&mut self.header);
        self.settle();
        self.write_all(&[])?;
        self.lender.begin(block);
        while self.lender.is_busy() {
            match self.lender.go_on(&self.pipe, false) {
                Ok((_, free)) => self.spare = free,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Lets go the blocks that the program has read, but for one that can be used again.
    pub(super) fn settle(&mut self) {
        if let Some(block) = self.lender.settle(&self.pipe)
            && self.spare.as_ref().is_none_or(|spare| spare.len() <= block.len())
        {
            self.spare = Some(block);
        }
    }

    /// Memory for so many bytes of numbers of this size: that of a block, if one suits.
    pub(super) fn room(&mut self, width: u8, len: usize) -> Result<Body, CodecError> {
        self.settle();
        if let Some(room) = self.spare.take().and_then(|spare| spare.reuse(width, len)) {
            return Ok(room);
        }
        let mut room = Body::room(width, len)?;
        paging::prepare(room.bytes_mut());
        Ok(room)
    }

    /// There are blocks that have been sent and not let go.
    pub(super) fn has_blocks(&self) -> bool {
        self.spare.is_some() || self.lender.has_lent()
    }

    /// Lets go all blocks that the program has read: a task is not to be charged with the memory of
    /// the one before.
    pub(super) fn forget_blocks(&mut self) {
        self.settle();
        self.spare = None;
    }

    /// Wakes the program, if it sleeps, for something that it can see in the page.
    pub(super) fn announce(&mut self) -> io::Result<()> {
        if !self.page.bell().due() {
            return Ok(());
        }
        self.header.clear();
        Reply { kind: ReplyKind::Bell, slot: 0, seq: 0, item: 0, len: 0 }.write(&mut self.header);
        self.write_all(&[])
    }

    /// Writes the header and then a body, in turns: the program reads one while the next is written.
    fn write_all(&mut self, mut body: &[u8]) -> io::Result<()> {
        let mut header = self.header.as_slice();
        while !header.is_empty() || !body.is_empty() {
            let turn = &body[..body.len().min(TURN)];
            let written = match writev(&self.pipe, &[IoSlice::new(header), IoSlice::new(turn)]) {
                Ok(written) => written,
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            };
            self.lender.wrote(written);
            let of_header = written.min(header.len());
            header = &header[of_header..];
            body = &body[written - of_header..];
        }
        Ok(())
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

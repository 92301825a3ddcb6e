use std::os::fd::BorrowedFd;

use rustix::event::PollFlags;
use rustix::io::{Errno, read};

use crate::process::{Body, prepare};

use super::super::ready::is_ready;
use super::error::ConnectionError;
use super::message::{HEADER, Header};

/// What has come of the next message.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    header: [u8; HEADER],
    /// How many bytes have come, those of the header included.
    received: usize,
    body: Option<Body>,
    /// The stream makes no sense any more.
    broken: bool,
}

impl Inbox {
    /// Nothing has come of the next message.
    pub(super) fn is_empty(&self) -> bool {
        self.received == 0 && !self.broken
    }

    /// Takes what is there, without waiting for more; `None`: the message is not complete.
    pub(super) fn take(
        &mut self,
        pipe: BorrowedFd<'_>,
        most: u64,
    ) -> Result<Option<Body>, ConnectionError> {
        if self.broken {
            return Err(ConnectionError::Garbled);
        }
        while is_ready(pipe, PollFlags::IN)? {
            match read(pipe, self.space()) {
                Ok(0) => return Err(self.end()),
                Ok(n) => self.received += n,
                Err(Errno::INTR) => continue,
                Err(error) => return Err(ConnectionError::Os(error.into())),
            }
            if self.received == HEADER && self.body.is_none() {
                self.open(most).inspect_err(|_| self.broken = true)?;
            }
            if let Some(body) = self.body.take_if(|body| self.received == HEADER + body.len()) {
                self.received = 0;
                return Ok(Some(body));
            }
        }
        Ok(None)
    }

    /// Where the next bytes go.
    fn space(&mut self) -> &mut [u8] {
        match &mut self.body {
            Some(body) => &mut body.bytes_mut()[self.received - HEADER..],
            None => &mut self.header[self.received..],
        }
    }

    /// Makes room for the message that the header announces, if it may be so long.
    fn open(&mut self, most: u64) -> Result<(), ConnectionError> {
        let header = Header::from_bytes(self.header).ok_or(ConnectionError::Garbled)?;
        if header.len > most.min(isize::MAX as u64) {
            return Err(ConnectionError::TooLong { bytes: header.len, most });
        }
        let room = Body::room(header.width, header.len as usize);
        let mut room = room.map_err(|why| ConnectionError::Decode(why.to_string()))?;
        prepare(room.bytes_mut());
        self.body = Some(room);
        Ok(())
    }

    /// The pipe has ended.
    fn end(&mut self) -> ConnectionError {
        let received = std::mem::take(&mut self.received) as u64;
        let announced = self.body.take().map_or(HEADER as u64, |body| body.len() as u64);
        match received.checked_sub(HEADER as u64) {
            _ if received == 0 => ConnectionError::Eof,
            Some(received) => ConnectionError::HalfMessage { received, announced },
            None => ConnectionError::HalfMessage { received, announced },
        }
    }
}

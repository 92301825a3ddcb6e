use std::collections::VecDeque;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::io::{Errno, IoSlice, writev};

use crate::process::{Block, Body, Lender, TURN, widen};

use super::stored::Stored;

/// What has been given to a worker and is not yet in its pipe. Small frames share a buffer, large
/// bodies are written from where they are.
#[derive(Debug)]
pub(super) struct Outbox {
    segments: VecDeque<Segment>,
    /// How much of the first segment has been written.
    written: usize,
    bytes: usize,
    /// A buffer to be used again.
    spare: Vec<u8>,
    lender: Lender<Part>,
    /// The pipe was full once, and has been given more room.
    widened: bool,
}

#[derive(Debug)]
enum Segment {
    Small(Vec<u8>),
    Large(Part),
}

/// Some of a body.
#[derive(Debug)]
struct Part(Arc<Body>, Range<usize>);

/// From this size on a body is not copied.
const LARGE: usize = 16 << 10;
/// What a pipe holds that was full once.
const ROOMY: usize = 256 << 10;
/// How many segments go into one system call.
const AT_ONCE: usize = 16;

/// What is left after a flush.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flushed {
    Empty,
    /// The pipe is full.
    Full,
    /// Nobody reads the pipe any more.
    Broken,
}

impl Block for Part {
    fn bytes(&self) -> &[u8] {
        &self.0.as_bytes()[self.1.clone()]
    }
}

impl Segment {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Small(bytes) => bytes,
            Self::Large(part) => part.bytes(),
        }
    }

    /// It is so large that it is not copied.
    fn is_lent(&self) -> bool {
        matches!(self, Self::Large(part) if part.1.len() >= TURN)
    }
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self {
            segments: VecDeque::new(),
            written: 0,
            bytes: 0,
            spare: Vec::new(),
            lender: Lender::new(),
            widened: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty() && !self.lender.is_busy()
    }

    /// How many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a frame.
    pub(super) fn push(
        &mut self,
        header: impl FnOnce(&mut Vec<u8>),
        body: &Stored,
        range: Range<usize>,
    ) {
        let small = self.small();
        let before = small.len();
        header(small);
        let large = match body {
            Stored::Long(body) if range.len() >= LARGE => Some(Arc::clone(body)),
            _ => {
                small.extend_from_slice(&body.as_bytes()[range.clone()]);
                None
            }
        };
        self.bytes += small.len() - before;
        if let Some(body) = large {
            self.bytes += range.len();
            self.segments.push_back(Segment::Large(Part(body, range)));
        }
    }

    fn small(&mut self) -> &mut Vec<u8> {
        if !matches!(self.segments.back(), Some(Segment::Small(_))) {
            self.segments.push_back(Segment::Small(std::mem::take(&mut self.spare)));
        }
        match self.segments.back_mut() {
            Some(Segment::Small(bytes)) => bytes,
            _ => unreachable!("a small segment has just been made"),
        }
    }

    /// Writes as much as the pipe takes; never blocks.
    pub(super) fn flush(&mut self, pipe: &OwnedFd) -> Flushed {
        while !self.is_empty() {
            match self.write_some(pipe) {
                Ok(()) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if !self.widened => {
                    self.widened = true;
                    widen(pipe, ROOMY);
                }
                Err(Errno::AGAIN) => return Flushed::Full,
                Err(_) => return Flushed::Broken,
            }
        }
        Flushed::Empty
    }

    /// One call's worth.
    fn write_some(&mut self, pipe: &OwnedFd) -> Result<(), Errno> {
        if !self.lender.is_busy()
            && let Some(Segment::Large(part)) = self.segments.pop_front_if(|first| first.is_lent())
        {
            self.lender.begin(part);
        }
        if self.lender.is_busy() {
            let (written, _free) = self.lender.go_on(pipe, true)?;
            self.bytes -= written;
        } else {
            let written = self.write_several(pipe)?;
            self.lender.wrote(written);
            self.forget(written);
        }
        Ok(())
    }

    /// Writes from the beginning, as much as one call takes.
    fn write_several(&self, pipe: &OwnedFd) -> Result<usize, Errno> {
        let mut slices = [IoSlice::new(&[]); AT_ONCE];
        let mut count = 0;
        let copied = self.segments.iter().take_while(|segment| !segment.is_lent());
        for (slice, segment) in slices.iter_mut().zip(copied) {
            let skip = if count == 0 { self.written } else { 0 };
            *slice = IoSlice::new(&segment.bytes()[skip..]);
            count += 1;
        }
        writev(pipe, &slices[..count])
    }

    fn forget(&mut self, mut written: usize) {
        self.bytes -= written;
        while let Some(first) = self.segments.front_mut() {
            let left = first.bytes().len() - self.written;
            if written < left {
                self.written += written;
                return;
            }
            written -= left;
            self.written = 0;
            if let Some(Segment::Small(mut bytes)) = self.segments.pop_front()
                && bytes.capacity() <= 4 * LARGE
            {
                bytes.clear();
                self.spare = bytes;
            }
            if written == 0 {
                return;
            }
        }
    }

    /// Lets go the bodies that the worker has read.
    pub(super) fn settle(&mut self, pipe: &OwnedFd) {
        self.lender.settle(pipe);
    }
}

#[cfg(test)]
mod tests;

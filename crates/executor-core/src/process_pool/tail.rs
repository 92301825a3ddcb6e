use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::{Errno, read};

/// The end of what a worker writes to one of its outputs.
#[derive(Debug)]
pub(super) struct Tail {
    pipe: OwnedFd,
    kept: VecDeque<u8>,
}

/// How many bytes are kept, and how many lines of them are shown.
const KEPT: usize = 8 << 10;
const LINES: usize = 10;

impl Tail {
    /// The tail of what comes out of a pipe that never blocks.
    pub(super) fn new(pipe: OwnedFd) -> Self {
        Self { pipe, kept: VecDeque::new() }
    }

    pub(super) fn pipe(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }

    /// Reads what is there; false: nobody writes any more.
    pub(super) fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        // A worker that prints without end does not keep the manager from its other work.
        for _ in 0..16 {
            match read(&self.pipe, &mut buffer) {
                Ok(0) => return false,
                Ok(n) => {
                    self.kept.extend(&buffer[..n]);
                    let excess = self.kept.len().saturating_sub(KEPT);
                    self.kept.drain(..excess);
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return true,
                Err(_) => return false,
            }
        }
        true
    }

    /// The last lines.
    pub(super) fn text(&self) -> String {
        let bytes: Vec<u8> = self.kept.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}

#[cfg(test)]
mod tests;

//! The bytes of the values of a queue, in a file in memory.
//!
//! They are written behind one another and read in the same order; what was read is given back to
//! the system. An empty queue begins at the beginning of the file again, which keeps its memory.

use std::io;
use std::os::fd::AsFd;

use executor_sync::process::{Access, Parcel};
use rustix::fs::{FallocateFlags, MemfdFlags, fallocate, memfd_create};
use rustix::io::{Errno, pread, pwrite};

use crate::process::{Body, prepare};

use super::state::State;

/// The file.
#[derive(Clone, Debug)]
pub(super) struct Store(Parcel);

/// So much is given back at once, and as much stays at the beginning of the file.
const PIECE: u64 = 1 << 20;

const HEADER: usize = 16;

impl Store {
    pub(super) fn new() -> io::Result<Self> {
        let file = memfd_create("concurrent-futures queue", MemfdFlags::CLOEXEC)?;
        Ok(Self(Parcel::new(file, Access::Both)))
    }

    pub(super) fn at(parcel: Parcel) -> Self {
        Self(parcel)
    }

    pub(super) fn parcel(&self) -> &Parcel {
        &self.0
    }

    /// Writes a value behind the others; what is true when that is done.
    pub(super) fn put(&self, mut state: State, body: &Body) -> io::Result<State> {
        if state.len == 0 {
            self.punch(PIECE.max(state.punched), state.write);
            (state.read, state.write, state.punched) = (0, 0, PIECE);
        }
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(&(body.len() as u64).to_le_bytes());
        header[8] = body.width();
        let begin = state.write + HEADER as u64;
        // Small values go out in one call.
        const SMALL: usize = 1 << 10;
        if body.len() <= SMALL {
            self.write(&[&header, body.as_bytes()].concat(), state.write)?;
        } else {
            self.write(&header, state.write)?;
            self.write(body.as_bytes(), begin)?;
        }
        let after = (begin + body.len() as u64).next_multiple_of(8);
        Ok(State { write: after, len: state.len + 1, ..state })
    }

    /// Reads the oldest value; what is true when that is done, also if it makes no sense.
    pub(super) fn get(&self, state: State) -> io::Result<(State, Result<Body, String>)> {
        let mut header = [0; HEADER];
        self.read(&mut header, state.read)?;
        let mut len = [0; 8];
        len.copy_from_slice(&header[..8]);
        let (len, begin) = (u64::from_le_bytes(len), state.read + HEADER as u64);
        let after = begin.checked_add(len).and_then(|end| end.checked_next_multiple_of(8));
        let Some(after) = after.filter(|after| *after <= state.write) else {
            // Where the next one begins is not known, so nothing in here is of use.
            let why = format!("something else wrote into the queue: a value of {len} bytes");
            return Ok((State { read: state.write, len: 0, ..state }, Err(why)));
        };
        let body = Body::room(header[8], len as usize).map_err(|why| why.to_string());
        let body = match body {
            Ok(mut body) => {
                prepare(body.bytes_mut());
                self.read(body.bytes_mut(), begin)?;
                Ok(body)
            }
            Err(why) => Err(why),
        };
        Ok((State { read: after, len: state.len - 1, ..state }, body))
    }

    /// Gives back what was read, once it is worth a call; what is true when that is done.
    ///
    /// The state is true already: whoever is killed in here must not have taken away what others
    /// still have to read.
    pub(super) fn give_back(&self, state: State) -> Option<State> {
        if state.read.saturating_sub(state.punched) < PIECE {
            return None;
        }
        // The page in which the next value begins stays.
        let to = state.read / PAGE * PAGE;
        self.punch(state.punched, to);
        Some(State { punched: to, ..state })
    }

    fn punch(&self, from: u64, to: u64) {
        if let Some(len) = to.checked_sub(from).filter(|len| *len > 0) {
            let how = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            // Where the system refuses it, the memory comes back with the end of the queue.
            let _refused = fallocate(self.0.as_fd(), how, from, len);
        }
    }

    fn write(&self, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match pwrite(&self.0, bytes, at) {
                Ok(written) => {
                    bytes = &bytes[written..];
                    at += written as u64;
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn read(&self, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match pread(&self.0, &mut *bytes, at) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    bytes = &mut bytes[read..];
                    at += read as u64;
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// No system has larger ones that matter here; a smaller hole is only less of one.
const PAGE: u64 = 1 << 16;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

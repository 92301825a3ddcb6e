//! What the program and one process tell each other: a file in memory, without a name.
//!
//! The program writes into it what is to be done, and the process, once it has read that, what came
//! of it. So neither ever waits for the other to read, however much is written, and what the
//! process wrote is there when the process is not.
//!
//! The header is written last. A process that ends half-way leaves a file without one.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use rustix::fs::{MemfdFlags, memfd_create};

use super::body::Body;
use super::codec::CodecError;
use super::paging;

/// See the file.
#[derive(Debug)]
pub(crate) struct Letter(File);

/// What a letter is about, in one byte that its writer chooses.
pub(crate) type Kind = u8;

/// How a letter begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    kind: Kind,
    /// The size of the numbers in the body.
    width: u8,
    /// How many bytes come before the body.
    preface: u64,
    body: u64,
}

impl Header {
    const LEN: usize = 24;
    const MAGIC: [u8; 4] = *b"cfL1";

    fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..4].copy_from_slice(&Self::MAGIC);
        bytes[4] = self.kind;
        bytes[5] = self.width;
        bytes[8..16].copy_from_slice(&self.preface.to_le_bytes());
        bytes[16..].copy_from_slice(&self.body.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; Self::LEN]) -> Option<Self> {
        let number = |at: usize| {
            let mut number = [0; 8];
            number.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(number)
        };
        let known = bytes[..4] == Self::MAGIC;
        known.then(|| Self {
            kind: bytes[4],
            width: bytes[5],
            preface: number(8),
            body: number(16),
        })
    }
}

impl Letter {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self::at(memfd_create("concurrent-futures process", MemfdFlags::CLOEXEC)?))
    }

    /// The letter behind a descriptor.
    pub(crate) fn at(fd: OwnedFd) -> Self {
        Self(File::from(fd))
    }

    /// Replaces what is written in it.
    pub(crate) fn write(
        &self,
        kind: Kind,
        width: u8,
        preface: &[u8],
        body: &[u8],
    ) -> io::Result<()> {
        self.0.set_len(0)?;
        let after = Header::LEN as u64;
        self.0.write_all_at(preface, after)?;
        self.0.write_all_at(body, after + preface.len() as u64)?;
        let (preface, body) = (preface.len() as u64, body.len() as u64);
        self.0.write_all_at(&Header { kind, width, preface, body }.to_bytes(), 0)
    }

    /// What is written in it; `None`: it is not complete.
    pub(crate) fn read(&self) -> io::Result<Option<(Kind, Vec<u8>, Body)>> {
        let Some(header) = self.header()? else { return Ok(None) };
        let kinds =
            |error: CodecError| io::Error::new(io::ErrorKind::OutOfMemory, error.to_string());
        let mut preface = Body::room(1, header.preface as usize).map_err(kinds)?;
        let mut body = Body::room(header.width, header.body as usize).map_err(kinds)?;
        paging::prepare(body.bytes_mut());
        self.0.read_exact_at(preface.bytes_mut(), Header::LEN as u64)?;
        self.0.read_exact_at(body.bytes_mut(), Header::LEN as u64 + header.preface)?;
        Ok(Some((header.kind, preface.as_bytes().to_vec(), body)))
    }

    /// The header, if it promises no more than is there.
    fn header(&self) -> io::Result<Option<Header>> {
        let mut bytes = [0; Header::LEN];
        match self.0.read_exact_at(&mut bytes, 0) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let there = self.0.metadata()?.len() - Header::LEN as u64;
        let fits = |header: &Header| {
            header.preface.checked_add(header.body).is_some_and(|promised| promised <= there)
        };
        Ok(Header::from_bytes(bytes).filter(fits))
    }
}

impl AsFd for Letter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

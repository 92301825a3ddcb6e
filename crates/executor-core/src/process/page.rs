//! The memory that the program shares with one worker process.
//!
//! It has no name: it is gone with the last of the two, however they end. Its size is sealed, so
//! that nobody can pull it away from under the other.
//!
//! Rules:
//! - M1. `shared` points at a mapping of `Layout`'s size that lives as long as the `Page`. Zeroed
//!   memory is a valid `Layout`, and every part of it is atomic or governed by the rules of the
//!   ring, so that whatever the other process writes there is a value.
//! - M2. A process has one `Turn` for one page, and whoever holds it exclusively is the one thread
//!   of rule B1.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fstat, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::commons::{Bell, Claim, Ring, Scribbled};
use crate::primitives::atomic::{AtomicU32, AtomicU64, Ordering::*};

/// How many frames can be in flight to one worker.
pub(crate) const SLOTS: usize = 128;
/// The size of the ring of replies.
const RING: usize = 1 << 18;

#[repr(C)]
struct Layout {
    /// How many frames the program has sent, modulo 2^32: a hint that spares the worker from
    /// sleeping.
    sent: AtomicU32,
    /// When the item that runs was begun; see [`Page::note_beginning`].
    begun_at: AtomicU64,
    claims: [Claim; SLOTS],
    bell: Bell,
    ring: Ring<RING>,
}

/// See the file.
#[derive(Debug)]
pub(crate) struct Page {
    shared: NonNull<Layout>,
}

/// The exclusive use of this process's end of the ring; see rule M2.
#[derive(Debug)]
pub(crate) struct Turn(());

// SAFETY: M1: it is plain memory, and shared access to it is atomic.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    /// Makes a page, and the descriptor by which the worker gets it.
    pub(crate) fn create() -> io::Result<(Self, Turn, OwnedFd)> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let memory = memfd_create("concurrent-futures worker", flags)?;
        ftruncate(&memory, size_of::<Layout>() as u64)?;
        fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok((Self::map(&memory)?, Turn(()), memory))
    }

    /// Maps the page that the program has made.
    pub(crate) fn open(memory: &OwnedFd) -> io::Result<(Self, Turn)> {
        let size = fstat(memory)?.st_size;
        if size != size_of::<Layout>() as i64 {
            let text = format!("the page shared with the program has {size} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok((Self::map(memory)?, Turn(())))
    }

    fn map(memory: impl AsFd) -> io::Result<Self> {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        let size = size_of::<Layout>();
        // SAFETY: M1: a new mapping, wherever there is room.
        let at = unsafe { mmap(std::ptr::null_mut(), size, access, MapFlags::SHARED, memory, 0) }?;
        let shared = NonNull::new(at.cast()).expect("a mapping is not at address zero");
        Ok(Self { shared })
    }

    fn shared(&self) -> &Layout {
        // SAFETY: M1.
        unsafe { self.shared.as_ref() }
    }

    /// The word of the frame in this place.
    pub(crate) fn claim(&self, slot: u16) -> &Claim {
        &self.shared().claims[usize::from(slot) % SLOTS]
    }

    pub(crate) fn bell(&self) -> &Bell {
        &self.shared().bell
    }

    /// The program has sent this many more frames.
    pub(crate) fn count_sent(&self, frames: u32) {
        // Relaxed: a hint.
        self.shared().sent.fetch_add(frames, Relaxed);
    }

    /// How many frames the program says that it has sent.
    pub(crate) fn sent(&self) -> u32 {
        self.shared().sent.load(Relaxed)
    }

    /// The worker begins an item now; written before the claim says so.
    pub(crate) fn note_beginning(&self, nanoseconds: u64) {
        self.shared().begun_at.store(nanoseconds, Relaxed);
    }

    /// When the item that runs was begun, on the clock of [`now`].
    pub(crate) fn begun_at(&self) -> u64 {
        self.shared().begun_at.load(Relaxed)
    }

    /// Replies have been published that were not drained.
    pub(crate) fn has_replies(&self) -> bool {
        !self.shared().ring.is_empty()
    }

    /// The worker publishes a reply; false: there is no room for it now.
    pub(crate) fn push(&self, _turn: &mut Turn, header: &[u8], body: &[u8]) -> bool {
        // SAFETY: M2, hence B1.
        unsafe { self.shared().ring.push([header, body]) }
    }

    /// The program takes all replies that were published.
    pub(crate) fn drain(&self, _turn: &mut Turn, into: &mut Vec<u8>) -> Result<(), Scribbled> {
        // SAFETY: M2, hence B1.
        unsafe { self.shared().ring.drain(into) }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: M1: nobody can refer to it any more.
        let unmapped = unsafe { munmap(self.shared.as_ptr().cast(), size_of::<Layout>()) };
        debug_assert!(unmapped.is_ok(), "a mapping of ours can be undone");
    }
}

/// Nanoseconds on the monotonic clock, which all processes share.
pub(crate) fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

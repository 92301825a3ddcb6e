//! Memory without a name that several processes have mapped, and that is gone with the last of
//! them.
//!
//! ```text
//!  the file                                        this process alone
//!  ├─ head ─┬─ data ─────────────┬┄┄┄┄┬─ tail ─┤   ├─ private page ─┤     writable
//!  ├─ head ─┬─ data ─────────────┤                                        sealed
//!     64          len             to a    64
//!                                page
//! ```
//!
//! Behind writable memory follows a page that is not shared, which the lock in the tail needs for
//! what is no other process's business; see `robust`.
//!
//! # Rules
//!
//! M1. A mapping is `mapped` bytes long, begins at `start`, a page's, and lives as long as its
//!     `Inner`. The file behind it can neither shrink nor grow: it is sealed, which is made sure of
//!     before it is mapped.
//! M2. What is writable is reached through atomics and raw pointers only, never through a
//!     reference to plain data, because other processes change it at any time. Nothing that is read
//!     there is trusted as an index or a length.
//! M3. Sealed memory can be written by nobody, which is made sure of before it is mapped, so
//!     references to it are as good as to any constant.
//! M4. Fixed mappings are only put where the process has just reserved the place for them.

use super::arrival::{self, gone, identity};
use super::gate::Guarded;
use super::recent;
use super::travel::{Ticket, What, note};
use crate::primitives::{AtomicUsize, Ordering::Relaxed};
use rustix::fs::{
    MemfdFlags, OFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, ftruncate, memfd_create,
};
use rustix::io::{Errno, pread, pwrite};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::{NonNull, null_mut};
use std::slice;
use std::sync::{Arc, Weak};

mod head;

pub(super) use head::TAIL;
use head::{HEAD, Head, Kind, page};

/// The seals of all memory.
const FIXED: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);

/// What this process has mapped. What arrives again is found here, and not mapped again.
static MAPPED: Guarded<HashMap<Key, Weak<Inner>>> = Guarded::new();

/// Which memory it is: its file, and the token in its head.
type Key = (u64, u64, u128);

/// Memory that travels: a clone, and what another process gets when it is sent there, is the same
/// memory.
#[doc(hidden)]
#[derive(Clone)]
pub struct Memory {
    inner: Arc<Inner>,
}

struct Inner {
    start: NonNull<u8>,
    mapped: usize,
    head: Head,
    key: Key,
    file: OwnedFd,
}

// SAFETY: M2 and M3: what several threads may do, they may do at once.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Memory {
    /// Makes memory of `len` zeroes, which every process that has it may change.
    ///
    /// Only pages that are touched take room, so it may be large.
    ///
    /// # Errors
    ///
    /// What the system refused, with the size and the way out.
    pub fn zeroed(len: usize) -> io::Result<Self> {
        let head = Head::new(Kind::Writable, len).ok_or_else(|| too_large(len))?;
        let file = Self::file(&head, len)?;
        seal(&file, FIXED, len)?;
        Self::adopt(file, head)
    }

    /// Makes memory of these bytes, which nobody can change any more.
    ///
    /// # Errors
    ///
    /// What the system refused, with the size and the way out.
    pub fn sealed(bytes: &[u8]) -> io::Result<Self> {
        let len = bytes.len();
        let head = Head::new(Kind::Sealed, len).ok_or_else(|| too_large(len))?;
        let file = Self::file(&head, len)?;
        let mut at = 0;
        while at < len {
            match pwrite(&file, &bytes[at..], (HEAD + at) as u64) {
                Ok(written) => at += written,
                Err(Errno::INTR) => {}
                Err(error) => return Err(refused("be filled", len, error)),
            }
        }
        seal(&file, FIXED | SealFlags::WRITE, len)?;
        Self::adopt(file, head)
    }

    /// A file of the right size that begins with the head.
    fn file(head: &Head, len: usize) -> io::Result<OwnedFd> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("concurrent-futures", flags)
            .map_err(|error| refused("be made", len, error))?;
        let size = head.file_size() as u64;
        ftruncate(&file, size).map_err(|error| refused("get its size", len, error))?;
        let written = pwrite(&file, &head.to_bytes(), 0);
        written.map_err(|error| refused("be filled", len, error))?;
        Ok(file)
    }

    /// Maps a file that has just been made.
    fn adopt(file: OwnedFd, head: Head) -> io::Result<Self> {
        let failed = |error| refused("be mapped", head.len(), error);
        let (device, inode) = identity(&file).map_err(failed)?;
        let inner = Inner::map(file, head, (device, inode, head.token())).map_err(failed)?;
        let inner = Arc::new(inner);
        MAPPED.with(|mapped| mapped.insert(inner.key, Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// Gets the memory that a ticket is for, or says why that cannot be.
    pub(super) fn receive(ticket: &Ticket) -> Result<Self, String> {
        let What::Memory { token } = ticket.what else {
            return Err("the ticket is for a descriptor, not for memory".to_owned());
        };
        let key = (ticket.device, ticket.inode, token);
        MAPPED.with(|mapped| {
            if let Some(inner) = mapped.get(&key).and_then(Weak::upgrade) {
                return Ok(Self { inner });
            }
            let inner = Arc::new(Inner::open(ticket, key)?);
            mapped.insert(key, Arc::downgrade(&inner));
            Ok(Self { inner })
        })
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.head.len()
    }

    /// There are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it may be changed.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.inner.head.kind() == Kind::Writable
    }

    /// Where the bytes are: at a multiple of 64, for as long as any handle of this process lives.
    ///
    /// Whoever reads or writes there keeps rule M2: other processes do so at the same time. Sealed
    /// memory must not be written: the system ends a process that tries.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.inner.data().as_ptr()
    }

    /// The bytes of sealed memory; `None`: it is writable.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        // SAFETY: M1 and M3.
        (!self.is_writable())
            .then(|| unsafe { slice::from_raw_parts(self.inner.data().as_ptr(), self.len()) })
    }

    /// Whether two handles are to the same memory.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// Where the page begins that only this process has; the tail of the file lies before it. Both
    /// are zeroes at first, but for what was sent. `None` for sealed memory.
    pub(super) fn private_page(&self) -> Option<NonNull<u8>> {
        // SAFETY: M1: the mapping goes on behind the file.
        self.is_writable().then(|| unsafe { self.inner.start.add(self.inner.head.file_size()) })
    }

    /// The descriptor of what luggage keeps, if that is memory.
    pub(super) fn descriptor_in(kept: &(dyn Any + Send + Sync)) -> Option<BorrowedFd<'_>> {
        let inner = kept.downcast_ref::<Inner>();
        let inner = inner.or_else(|| Some(&*kept.downcast_ref::<Self>()?.inner));
        inner.map(|inner| inner.file.as_fd())
    }

    /// Gets the memory that a ticket is for by a descriptor that came with it.
    pub(super) fn take_over(ticket: &Ticket, file: OwnedFd) -> Result<Self, String> {
        let What::Memory { token } = ticket.what else {
            return Err("the ticket is for a descriptor, not for memory".to_owned());
        };
        let key = (ticket.device, ticket.inode, token);
        MAPPED.with(|mapped| {
            if let Some(inner) = mapped.get(&key).and_then(Weak::upgrade) {
                return Ok(Self { inner });
            }
            let head = Inner::inspect(&file, ticket)?;
            let inner = Inner::map(file, head, key).map_err(advice)?;
            let inner = Arc::new(inner);
            mapped.insert(key, Arc::downgrade(&inner));
            Ok(Self { inner })
        })
    }

    /// A number for the memory that is the same in all processes.
    pub(super) fn number(&self) -> u64 {
        self.inner.head.token() as u64
    }

    fn ticket(&self) -> Ticket {
        let (device, inode, token) = self.inner.key;
        let number = self.inner.file.as_raw_fd();
        Ticket { pid: std::process::id(), number, device, inode, what: What::Memory { token } }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("len", &self.len())
            .field("writable", &self.is_writable())
            .finish_non_exhaustive()
    }
}

impl Serialize for Memory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ticket = self.ticket();
        note(ticket, || self.inner.clone());
        ticket.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Memory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let memory =
            Self::receive(&Ticket::deserialize(deserializer)?).map_err(de::Error::custom)?;
        recent::received(&(memory.inner.clone() as _), memory.len());
        Ok(memory)
    }
}

impl Inner {
    /// Opens the file that a ticket names, and maps it if it is what was sent.
    fn open(ticket: &Ticket, key: Key) -> Result<Self, String> {
        // A file that nobody may write any more can only be opened for reading.
        let file = arrival::receive(ticket, OFlags::RDONLY)?;
        let head = Self::inspect(&file, ticket)?;
        let file = match head.kind() {
            Kind::Sealed => file,
            Kind::Writable => arrival::receive(ticket, OFlags::RDWR)?,
        };
        let sent = |error| format!("memory of {} bytes cannot be mapped: {error}", head.len());
        Self::map(file, head, key).map_err(|error| sent(advice(error)))
    }

    /// Makes sure of rules M1 and M3 for a file of another process.
    fn inspect(file: &OwnedFd, ticket: &Ticket) -> Result<Head, String> {
        let mut bytes = [0; HEAD];
        let read = pread(file, &mut bytes, 0).map_err(advice)?;
        let head = Head::from_bytes(&bytes[..read]).ok_or_else(|| gone(ticket))?;
        if (What::Memory { token: head.token() }) != ticket.what {
            return Err(gone(ticket));
        }
        let needed = match head.kind() {
            Kind::Sealed => FIXED | SealFlags::WRITE,
            Kind::Writable => FIXED,
        };
        let sealed = fcntl_get_seals(file).is_ok_and(|seals| seals.contains(needed));
        let size = fstat(file).map_or(-1, |stat| stat.st_size);
        if sealed && usize::try_from(size) == Ok(head.file_size()) {
            Ok(head)
        } else {
            Err(format!(
                "the memory that process {} has sent is not as it was made: its size can change, or \
                 is {size} instead of {}",
                ticket.pid,
                head.file_size()
            ))
        }
    }

    fn map(file: OwnedFd, head: Head, key: Key) -> Result<Self, Errno> {
        let size = head.file_size();
        let (start, mapped) = match head.kind() {
            Kind::Sealed => (map_sealed(&file, size)?, size),
            Kind::Writable => (map_writable(&file, size)?, size + page()),
        };
        Ok(Self { start, mapped, head, key, file })
    }

    /// The list of a thread goes through the private page, for a guard was leaked: then its first word
    /// is not zero, and it has to stay, for good.
    fn is_busy(&self) -> bool {
        if self.head.kind() == Kind::Sealed {
            return false;
        }
        // SAFETY: M1: the private page is behind the file.
        let page = unsafe { self.start.add(self.head.file_size()) };
        // SAFETY: M2: the first word of that page.
        unsafe { AtomicUsize::from_ptr(page.as_ptr().cast()) }.load(Relaxed) != 0
    }

    fn data(&self) -> NonNull<u8> {
        // SAFETY: M1: every file has a head.
        unsafe { self.start.add(HEAD) }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if !self.is_busy() {
            // SAFETY: M1: nobody can refer to it any more.
            let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.mapped) };
            debug_assert!(unmapped.is_ok(), "a mapping of ours can be undone");
        }
        MAPPED.with(|mapped| {
            // It may have arrived again meanwhile.
            if mapped.get(&self.key).is_some_and(|other| other.strong_count() == 0) {
                mapped.remove(&self.key);
            }
        });
    }
}

/// Maps what nobody can change. Shared, older kernels would want to be able to write it later.
fn map_sealed(file: impl AsFd, size: usize) -> Result<NonNull<u8>, Errno> {
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    // SAFETY: M1: a new mapping, wherever there is room.
    let start = unsafe { mmap(null_mut(), size, ProtFlags::READ, flags, file, 0) }?;
    Ok(NonNull::new(start.cast()).expect("a mapping is not at address zero"))
}

/// Maps what all may change, and a page behind it that is this process's own.
fn map_writable(file: impl AsFd, size: usize) -> Result<NonNull<u8>, Errno> {
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    let whole = size + page();
    // SAFETY: M1: a new mapping, wherever there is room.
    let start = unsafe { mmap_anonymous(null_mut(), whole, ProtFlags::empty(), flags) }?;
    let filled = fill(start.cast(), size, file);
    if filled.is_err() {
        // SAFETY: M1: nobody has heard of it.
        let unmapped = unsafe { munmap(start, whole) };
        debug_assert!(unmapped.is_ok(), "a mapping of ours can be undone");
    }
    filled?;
    Ok(NonNull::new(start.cast()).expect("a mapping is not at address zero"))
}

/// Puts the file and the private page where room was reserved for them.
fn fill(start: *mut u8, size: usize, file: impl AsFd) -> Result<(), Errno> {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    let flags = MapFlags::SHARED | MapFlags::FIXED | MapFlags::NORESERVE;
    // SAFETY: M4.
    unsafe { mmap(start.cast(), size, access, flags, file, 0) }?;
    // SAFETY: M4: the last page of what was reserved.
    let last = unsafe { start.add(size) };
    // SAFETY: M4.
    unsafe { mprotect(last.cast(), page(), MprotectFlags::READ | MprotectFlags::WRITE) }
}

fn seal(file: &OwnedFd, seals: SealFlags, len: usize) -> io::Result<()> {
    fcntl_add_seals(file, seals).map_err(|error| refused("be sealed", len, error))
}

fn too_large(len: usize) -> io::Error {
    let text = format!("shared memory of {len} bytes cannot be made: no process can map so much");
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

fn refused(what: &str, len: usize, error: Errno) -> io::Error {
    let text = format!("shared memory of {len} bytes cannot {what}: {}", advice(error));
    io::Error::new(io::Error::from(error).kind(), text)
}

/// What the system said, and the way out.
fn advice(error: Errno) -> String {
    let way_out = match error {
        Errno::MFILE | Errno::NFILE => {
            "; each shared thing takes a descriptor: raise the limit (ulimit -n), or drop what is \
             no longer used"
        }
        Errno::NOMEM => {
            "; there is no memory, no address space (ulimit -v) or no further mapping \
             (vm.max_map_count) left for it"
        }
        Errno::FBIG => "; raise the limit on the size of files (ulimit -f)",
        Errno::NOSYS => "; the system needs memfd_create, which Linux has since 3.17",
        _ => "",
    };
    format!("{error}{way_out}")
}

#[cfg(test)]
mod tests;

//! A lock in shared memory that the kernel gives back when its holder is killed.
//!
//! It is in the tail of writable memory, and its entry in the list of the thread that holds it is
//! in the page behind; see `memory` for the drawing.
//!
//! # Rules
//!
//! R1. The words in the tail and in the private page are there as long as the `Memory` is, which a
//!     `Robust` holds. They are zero at first, and atomic.
//! R2. An entry is in the list of at most one thread, whose mark is in the page beside it: others of
//!     this process do not put it into theirs, and other processes have entries of their own. The
//!     shared word decides nothing here, for another process may write there by mistake. While it
//!     is in a list its first word is not null, and then the page is not unmapped.

mod word;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod list;

#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
pub(super) use lock::Robust;

#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod lock;

//! Whether the program was forked: threads do not survive a fork, so a pool or a pending future
//! that a child process inherited can only ever be refused.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// Counts the forks between the first process of this program and this one, since a pool was first
/// built; nothing can have been inherited before.
#[inline]
pub(crate) fn generation() -> u32 {
    FORKS.load(Relaxed)
}

/// This process has just been forked off.
pub(crate) fn count() {
    FORKS.fetch_add(1, Relaxed);
}

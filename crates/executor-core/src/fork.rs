//! Notices that the program was forked: threads do not survive a fork, so a pool or a pending
//! future that a child process inherited can only ever be refused.
//!
//! Rule F1: `pthread_atfork` only stores the handler, and the handler only adds to an atomic, which
//! is safe to do between `fork` and whatever the child does next.

use std::sync::atomic::{AtomicU32, Ordering};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// Counts the forks between the first process of this program and this one.
#[inline]
pub(crate) fn generation() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Starts counting; called when a pool is built, before which nothing can be inherited.
pub(crate) fn watch() {
    #[cfg(unix)]
    {
        static WATCHING: std::sync::Once = std::sync::Once::new();
        WATCHING.call_once(|| {
            // SAFETY: F1. A refusal (no memory) leaves the program as it was without a watch.
            let _refused = unsafe { libc::pthread_atfork(None, None, Some(count_fork)) };
        });
    }
}

#[cfg(unix)]
extern "C" fn count_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

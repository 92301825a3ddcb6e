//! What must happen in a process that is forked off while the program has pools.
//!
//! Rule F1: the handler runs in the child, on its only thread, before `fork` returns there. It adds
//! to an atomic and puts new locks in the place of those that vanished threads may have held; it
//! neither allocates nor locks, so it is safe whatever those threads were doing.

use crate::fork;

use super::cell::forget_cancellers;
use super::waits;

/// Starts to watch for forks; called when a pool is built, before which nothing can be inherited.
pub(crate) fn watch_forks() {
    #[cfg(unix)]
    {
        static WATCHING: std::sync::Once = std::sync::Once::new();
        WATCHING.call_once(|| {
            // SAFETY: F1. A refusal (no memory) leaves the program as it was without a watch.
            let _refused = unsafe { libc::pthread_atfork(None, None, Some(after_fork)) };
        });
    }
}

#[cfg(unix)]
extern "C" fn after_fork() {
    fork::count();
    // SAFETY: F1, hence G1.
    unsafe { forget_cancellers() };
    // SAFETY: F1, hence G1: no code of a user runs under that lock either.
    unsafe { waits::forget_all() };
}

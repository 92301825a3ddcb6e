//! What must happen to the wait graph in a process that is forked off.
//!
//! Rule F1: the handler runs in the child, on its only thread, before `fork` returns there. It puts
//! a new lock in the place of one that a vanished thread may have held; it neither
//! allocates nor locks, so it is safe whatever those threads were doing.

use crate::future::watch_forks;

use super::waits;

/// Starts to watch for forks; called when a pool is built, before which nothing can be inherited.
pub(super) fn watch() {
    watch_forks();
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
    // SAFETY: F1, hence G1.
    unsafe { waits::forget_all() };
}

//! What must happen to timers in a process that is forked off: they stay with the parent.
//!
//! Rule F1: the handler runs in the child, on its only thread, before `fork` returns there. It puts
//! a new lock in the place of one that a vanished thread may have held; it neither allocates nor
//! locks, so it is safe whatever those threads were doing.

use crate::global_lock::GlobalLock;
use crate::registry;

use super::clock::Clock;

/// The timers of this process.
pub(super) static CLOCK: GlobalLock<Clock> = GlobalLock::new(Clock::new(), Clock::new);

/// Starts to watch for forks; called when a thread or a timer is made, before which nothing can be
/// inherited.
pub(super) fn watch() {
    registry::watch();
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
    unsafe { CLOCK.renew() };
}

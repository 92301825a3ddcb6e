//! What must happen to the list of threads in a process that is forked off.
//!
//! Rule F1: the handler runs in the child, on its only thread, before `fork` returns there. It
//! stores to atomics and puts a new lock in the place of one that a vanished thread may have held;
//! it neither allocates nor locks, so it is safe whatever those threads were doing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::future::watch_forks;
use crate::global_lock::GlobalLock;

use super::ident::{ThreadIdent, become_main};
use super::record::Record;

/// The threads that live, but for those that nobody has ever asked about.
pub(super) static LIVING: GlobalLock<BTreeMap<ThreadIdent, Arc<Record>>> =
    GlobalLock::new(BTreeMap::new(), BTreeMap::new);

/// Starts to watch for forks; called before anything can be inherited.
pub(crate) fn watch() {
    #[cfg(unix)]
    {
        static WATCHING: std::sync::Once = std::sync::Once::new();
        WATCHING.call_once(|| {
            // First this one, which counts the fork: the list is made for the new generation.
            watch_forks();
            // SAFETY: F1. A refusal (no memory) leaves the program as it was without a watch.
            let _refused = unsafe { libc::pthread_atfork(None, None, Some(after_fork)) };
        });
    }
    #[cfg(not(unix))]
    watch_forks();
}

#[cfg(unix)]
extern "C" fn after_fork() {
    become_main();
    // SAFETY: F1, hence G1.
    unsafe { LIVING.renew() };
}

//! The processes that this process has started as a [`Process`](super::Process) and that have not
//! ended, as far as it knows.
//!
//! Rule R1. The handler runs in a process that has just been forked off, on its only thread, before
//! `fork` returns there; nothing forks while it holds the lock.

use std::sync::{Arc, Once};

use crate::global_lock::GlobalLock;

use super::running::Running;

static FAMILY: GlobalLock<Vec<Arc<Running>>> = GlobalLock::new(Vec::new(), Vec::new);

/// A process that is forked off has no children yet.
fn watch_forks() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        // SAFETY: R1. A refusal (no memory) leaves the program as it was without a watch.
        let _refused = unsafe { libc::pthread_atfork(None, None, Some(after_fork)) };
    });
}

extern "C" fn after_fork() {
    // SAFETY: R1, hence G1.
    unsafe { FAMILY.renew() };
}

/// It has been started.
pub(super) fn add(child: Arc<Running>) {
    watch_forks();
    FAMILY.write().push(child);
}

/// Those that live, in the order in which they were started. The news of those that have ended are
/// taken.
pub(super) fn living() -> Vec<Arc<Running>> {
    let all = FAMILY.read().clone();
    let (living, ended): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|child| child.exitcode().is_none());
    if !ended.is_empty() {
        let has_ended = |child: &Arc<Running>| ended.iter().any(|other| Arc::ptr_eq(other, child));
        FAMILY.write().retain(|child| !has_ended(child));
    }
    living
}

/// It has ended, and the news were taken.
pub(super) fn forget(child: &Arc<Running>) {
    let ended = {
        let mut family = FAMILY.write();
        let at = family.iter().position(|other| Arc::ptr_eq(other, child));
        at.map(|at| family.remove(at))
    };
    drop(ended);
}

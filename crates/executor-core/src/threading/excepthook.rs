use std::sync::Arc;

use crate::error::PanicInfo;
use crate::fork::ForkLock;
use crate::panic;
use crate::registry::{Record, ThreadInfo, watch};

type Hook = dyn Fn(&ThreadInfo, &PanicInfo) + Send + Sync;

/// The hook that was set last.
static HOOK: ForkLock<Option<Arc<Hook>>> = ForkLock::new_static(None);

/// Sets what is called with the panics of threads that nobody joins.
///
/// A panic of a [`Thread`](super::Thread) goes to the hook if nobody can look at it any more: the
/// handle was dropped, and none of `join`, `join_timeout` or `into_result` has seen the thread's
/// end. So each such panic comes to the hook once:
///
/// - dropped while the thread runs: the hook runs on that thread, which still counts as alive;
/// - dropped after the thread has ended: the hook runs on the thread that drops the handle.
///
/// The panic of a [`Timer`](super::Timer)'s function always goes to the hook, on the thread that
/// ran it, for a timer has no result. Panics of tasks of a pool never do: their future tells.
///
/// At first there is no hook. Rust's own panic hook has printed the message by then in any case,
/// which is what Python's default `threading.excepthook` does. A hook replaces the one before. A
/// panic inside of it is reported by the panic hook and goes nowhere else. Setting it never waits
/// for a hook that runs.
///
/// Python's `threading.excepthook`, which is called for every exception of a thread, as a Python
/// thread has no result that could carry it.
///
/// ```
/// use concurrent_futures::threading::{self, Thread};
/// use std::sync::mpsc;
///
/// let (tell, told) = mpsc::channel();
/// threading::set_excepthook(move |thread, panic| {
///     let _ = tell.send(format!("{}: {}", thread.name(), panic.message()));
/// });
/// let thread = Thread::new(|| -> () { panic!("no disk") }).with_name("writer");
/// thread.start().unwrap();
/// drop(thread);
/// assert_eq!(told.recv().unwrap(), "writer: no disk");
/// ```
#[doc(alias = "threading.excepthook")]
pub fn set_excepthook(hook: impl Fn(&ThreadInfo, &PanicInfo) + Send + Sync + 'static) {
    watch();
    let mut hook: Option<Arc<Hook>> = Some(Arc::new(hook));
    if let Some(mut set) = HOOK.lock() {
        std::mem::swap(&mut *set, &mut hook);
    }
    panic::contain(|| drop(hook));
}

/// Gives a panic to the hook, if there is one.
pub(super) fn report(record: &Arc<Record>, panic: &PanicInfo) {
    let hook = HOOK.lock().and_then(|set| set.clone());
    if let Some(hook) = hook {
        let info = ThreadInfo::new(Arc::clone(record));
        panic::contain(|| hook(&info, panic));
        panic::contain(|| drop(hook));
    }
}

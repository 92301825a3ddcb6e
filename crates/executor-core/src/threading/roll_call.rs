//! The questions about all threads, and the wait for all of them.

use crate::registry::{self, Joinable, Life, Record, ThreadInfo};

/// How many threads [`enumerate`] would return at this moment; one if there is only `main`.
///
/// Python's `threading.active_count()`.
///
/// ```
/// use concurrent_futures::threading;
///
/// assert!(threading::active_count() >= 1);
/// ```
#[doc(alias = "threading.active_count")]
pub fn active_count() -> usize {
    registry::all().len()
}

/// The threads that live at this moment, in the order in which they were first known.
///
/// These are the main thread, started [`Thread`](super::Thread)s, the workers of thread pools,
/// threads that run a [`Timer`](super::Timer)'s function, and those that this library did not make
/// but that have called [`current_thread`]. Threads that were not started or have ended are not
/// among them, nor those that serve the library itself: the keeper of timers, and the managers of
/// pools of processes. Never waits for a thread.
///
/// Python's `threading.enumerate()`.
///
/// ```
/// use concurrent_futures::threading;
///
/// assert_eq!(threading::enumerate()[0], threading::main_thread());
/// ```
#[doc(alias = "threading.enumerate")]
pub fn enumerate() -> Vec<ThreadInfo> {
    registry::all().into_iter().map(ThreadInfo::new).collect()
}

/// The thread on which this is called.
///
/// A thread that this library did not make is listed from then on until it ends, as in Python,
/// under the name that it has, or else as `Dummy-1`, `Dummy-2` and so on. It cannot be joined here.
///
/// Python's `threading.current_thread()`.
///
/// ```
/// use concurrent_futures::threading::{self, Thread};
///
/// let thread = Thread::new(|| threading::current_thread().name()).with_name("worker");
/// thread.start().unwrap();
/// assert_eq!(thread.into_result().unwrap(), "worker");
/// ```
#[doc(alias = "threading.current_thread")]
pub fn current_thread() -> ThreadInfo {
    ThreadInfo::new(registry::current())
}

/// The thread with which the program began, `MainThread`; in a forked child the one that forked.
///
/// Python's `threading.main_thread()`.
///
/// ```
/// use concurrent_futures::threading;
///
/// assert_eq!(threading::main_thread().name(), "MainThread");
/// ```
#[doc(alias = "threading.main_thread")]
pub fn main_thread() -> ThreadInfo {
    ThreadInfo::new(registry::main())
}

/// The number of the calling thread in the operating system; on Linux the kernel's thread id,
/// elsewhere the ident. Never waits.
///
/// Python's `threading.get_native_id()`.
///
/// ```
/// use concurrent_futures::threading;
///
/// assert_eq!(threading::current_thread().native_id(), Some(threading::get_native_id()));
/// ```
#[doc(alias = "threading.get_native_id")]
pub fn get_native_id() -> u64 {
    registry::native_id()
}

/// Waits for the end of every [`Thread`](super::Thread) that was started, also of those that are
/// started meanwhile, until none is left: the last line of a `main` whose threads shall come to
/// their end, which is what Python does when a program ends.
///
/// Handles are not needed; threads whose handle was dropped are waited for as well. The calling
/// thread is left out. Threads that are inside of `join_all` do not wait for each other, as neither
/// could return. Not waited for are workers of pools, whose executors do so; timers, which have a
/// `join` of their own; and threads that this library did not make. In a forked child, where no
/// thread of the parent lives, none of those is waited for.
///
/// Only the end of threads wakes it. It does not count as a join for
/// [`set_excepthook`](super::set_excepthook).
///
/// ```
/// use concurrent_futures::threading::{self, Thread};
///
/// for mail in 0..3 {
///     Thread::with_args(|mail| println!("mail {mail} is sent"), mail).start().unwrap();
/// }
/// threading::join_all(); // without this line main would end, and the threads with it
/// ```
#[doc(alias = "threading._shutdown")]
pub fn join_all() {
    let _mark = Mark;
    loop {
        let others = registry::mark_and_find_others(true);
        if others.is_empty() {
            return;
        }
        let joinables = others.iter().filter_map(|other: &_| joinable(other));
        joinables.for_each(Joinable::join);
    }
}

fn joinable(record: &Record) -> Option<&Joinable> {
    record.life().filter(|life| !Life::inherited(life))?.joinable.as_ref()
}

/// The calling thread waits for all others.
struct Mark;

impl Drop for Mark {
    fn drop(&mut self) {
        drop(registry::mark_and_find_others(false));
    }
}

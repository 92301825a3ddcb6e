//! Who holds what and who waits for what.

use super::published::Published;
use super::report::{DeadlockReport, Wait};
use crate::thread_id;
use std::collections::HashMap;
use std::io::{self, Write};
use std::num::NonZeroU64;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// What [`on_deadlock`] is given.
type Hook = Box<dyn Fn(&DeadlockReport) + Send>;

static TABLE: Published<Table> = Published::nothing();
static HOOK: Published<Mutex<Hook>> = Published::nothing();

/// What one process knows. A forked child begins with a new one: a thread that was lost in the
/// fork may have held the locks in the parent's, and would never give them back.
struct Table {
    process: u32,
    graph: Mutex<Graph>,
    /// Held by the thread of this process that runs the hook.
    telling: Mutex<()>,
}

impl Table {
    fn new() -> Self {
        Self { process: process::id(), graph: Mutex::default(), telling: Mutex::default() }
    }

    fn current() -> &'static Self {
        let process = process::id();
        TABLE.get_or_replace(|table| table.process == process, Self::new)
    }
}

/// The edges: lock to holder, thread to the lock it waits for.
#[derive(Debug, Default)]
struct Graph {
    holders: HashMap<NonZeroU64, Holder>,
    waits: HashMap<NonZeroU64, Target>,
}

#[derive(Debug)]
struct Holder {
    thread: NonZeroU64,
    name: String,
}

#[derive(Debug)]
struct Target {
    lock: NonZeroU64,
    name: String,
}

/// Sets who is told of deadlocks from now on, in place of standard error.
///
/// The hook runs in the thread that closed the cycle, before it sleeps, and in one thread at a
/// time. It must not use a lock of this crate. It is kept until the process ends, also when another
/// has taken its place. A forked child has the hook of its parent, unless the fork came while a
/// thread of the parent was in it: then the child reports on standard error.
pub fn on_deadlock(hook: impl Fn(&DeadlockReport) + Send + 'static) {
    HOOK.set(Mutex::new(Box::new(hook)));
}

/// Records that the calling thread holds `lock`.
pub(super) fn acquired(lock: NonZeroU64) {
    let thread = thread_id::current();
    let holder = Holder { thread, name: thread_name(thread) };
    with_graph(|graph| {
        graph.waits.remove(&thread);
        graph.holders.insert(lock, holder);
    });
}

/// Records that nobody holds `lock`; called before it is so.
pub(super) fn released(lock: NonZeroU64) {
    with_graph(|graph| graph.holders.remove(&lock));
}

/// Records that the calling thread no longer waits.
pub(super) fn gave_up() {
    with_graph(|graph| graph.waits.remove(&thread_id::current()));
}

/// Records that the calling thread is about to sleep for `lock`, and reports the cycle this
/// closes.
pub(super) fn waiting(lock: NonZeroU64, name: String) {
    let thread = thread_id::current();
    let report = with_graph(|graph| {
        graph.waits.insert(thread, Target { lock, name });
        graph.cycle_from(thread)
    });
    if let Some(report) = report {
        tell(&report);
    }
}

impl Graph {
    /// Follows waits and holders from `start`; a cycle that `start` is not part of is old news.
    fn cycle_from(&self, start: NonZeroU64) -> Option<DeadlockReport> {
        let mut cycle = Vec::new();
        let (mut thread, mut name) = (start, thread_name(start));
        while let Some(target) = self.waits.get(&thread) {
            cycle.push(Wait { thread: name, lock: target.name.clone() });
            let holder = self.holders.get(&target.lock)?;
            if holder.thread == start {
                return Some(DeadlockReport { cycle });
            }
            if cycle.len() > self.waits.len() {
                return None;
            }
            (thread, name) = (holder.thread, holder.name.clone());
        }
        None
    }
}

fn tell(report: &DeadlockReport) {
    let _turn = hold(&Table::current().telling);
    // It is this thread's turn, so who else has the hook was lost in a fork.
    match HOOK.get().map(Mutex::try_lock) {
        Some(Ok(hook)) => hook(report),
        Some(Err(TryLockError::Poisoned(hook))) => hook.into_inner()(report),
        Some(Err(TryLockError::WouldBlock)) | None => {
            // Where nobody can read it, the lock goes on all the same.
            let _unread = writeln!(io::stderr(), "{report}");
        }
    }
}

fn with_graph<R>(change: impl FnOnce(&mut Graph) -> R) -> R {
    change(&mut hold(&Table::current().graph))
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the name of the calling thread, whose number is `thread`.
fn thread_name(thread: NonZeroU64) -> String {
    std::thread::current().name().map_or_else(|| format!("#{thread}"), str::to_owned)
}

//! What this process has, before a story and after it.

use std::fs;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::gate::eventually;
use crate::system::{children, descriptors};
use crate::watchdog::check;

/// Threads of this process that are not the harness's: those of tests carry a path as their name.
fn threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("this test needs /proc").flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| !name.contains("::") && name.trim() != "watchdog").count()
}

/// The main thread, and the one that starts processes.
const FOR_GOOD: usize = 2;

/// One story at a time, for a process has one table of descriptors.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Longer than anything takes to be closed.
const LONG: Duration = Duration::from_secs(15);

/// Runs the story with no other at the same time, the first time after a `warm_up` that does what
/// leaves something behind for good. When it is over, all is as it was: descriptors, threads, and
/// no child, living or dead.
pub(crate) fn undisturbed_after<T>(warm_up: fn(), story: impl FnOnce() -> T) -> T {
    static ONCE: Once = Once::new();
    let _alone = alone();
    check(|| {
        ONCE.call_once(warm_up);
        eventually(|| children().is_empty());
        let open = descriptors();
        let told = story();
        eventually(|| children().is_empty());
        eventually(|| threads() <= FOR_GOOD);
        // What cannot be closed any more is shown, before the watchdog's turn.
        let begun = Instant::now();
        while descriptors().len() > open.len() {
            assert!(begun.elapsed() < LONG, "{:#?} instead of {open:#?}", descriptors());
            std::thread::yield_now();
        }
        told
    })
}

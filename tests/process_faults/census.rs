//! What a process has, before a story and after it.

use std::fs;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use concurrent_futures::{ProcessPoolExecutor, StartMethod};

use crate::gate::eventually;
use crate::pools::METHODS;
use crate::system::{Limited, children, descriptors};
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

/// What the first pool of a process leaves behind for good.
fn warm_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::mem::forget(Limited::cores());
        for method in METHODS {
            let pool = ProcessPoolExecutor::builder().max_workers(1).start_method(method).build();
            pool.unwrap().submit(|(): ()| (), ()).result().unwrap();
        }
        eventually(|| children().is_empty());
    });
}

/// Runs the story with no other at the same time. When it is over, all is as it was: descriptors,
/// threads, and no child, living or dead.
pub(crate) fn undisturbed<T>(story: impl FnOnce() -> T) -> T {
    let _alone = alone();
    check(|| {
        warm_up();
        let open = descriptors();
        let told = story();
        eventually(|| children().is_empty());
        eventually(|| threads() <= FOR_GOOD);
        eventually(|| descriptors().len() <= open.len());
        told
    })
}

/// Runs the story with each start method.
pub(crate) fn either_way(story: impl Fn(StartMethod)) {
    METHODS.into_iter().for_each(|method| undisturbed(|| story(method)));
}

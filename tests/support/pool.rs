//! Pools, and tasks that go on until the test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::{fs, thread};

use concurrent_futures::{Future, ThreadPoolExecutor};

/// A pool of at most `max_workers` threads, everything else left at its default.
pub(crate) fn pool(max_workers: usize) -> ThreadPoolExecutor {
    ThreadPoolExecutor::new(max_workers).expect("a pool of this size can be made")
}

/// A pool whose threads `threads_named` can tell from all others; short, as the system cuts names.
pub(crate) fn named_pool(max_workers: usize, prefix: &str) -> ThreadPoolExecutor {
    ThreadPoolExecutor::builder()
        .max_workers(max_workers)
        .thread_name_prefix(prefix)
        .build()
        .expect("a pool of this size can be made")
}

/// A task that has begun and holds its worker until it is released or dropped.
///
/// It waits on a foreign channel, so that the pool does not take the worker for a blocked one.
pub(crate) struct Held<T = ()> {
    pub(crate) future: Future<T>,
    release: Sender<()>,
}

impl<T> Held<T> {
    /// Lets the task go on to its end.
    pub(crate) fn release(self) -> Future<T> {
        self.future
    }

    /// The future, and what releases its task when it is dropped.
    pub(crate) fn into_parts(self) -> (Future<T>, Sender<()>) {
        (self.future, self.release)
    }
}

/// Occupies one worker of `pool`; when this returns the task runs.
pub(crate) fn hold(pool: &ThreadPoolExecutor) -> Held {
    hold_then(pool, || ())
}

/// As `hold`, for a task that does `finish` once it is released.
pub(crate) fn hold_then<T: Send + 'static>(
    pool: &ThreadPoolExecutor,
    finish: impl FnOnce() -> T + Send + 'static,
) -> Held<T> {
    let (start, started) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let future = pool.spawn(move || {
        start.send(()).expect("the test waits for the start");
        let _ = released.recv();
        finish()
    });
    started.recv().expect("the task has not been dropped before it began");
    Held { future, release }
}

/// Occupies `count` workers.
pub(crate) fn hold_all(pool: &ThreadPoolExecutor, count: usize) -> Vec<Held> {
    (0..count).map(|_| hold(pool)).collect()
}

/// Queues `count` tasks nobody waits for, and counts those that have run.
pub(crate) fn counting(pool: &ThreadPoolExecutor, count: usize) -> Arc<AtomicUsize> {
    let ran = Arc::new(AtomicUsize::new(0));
    for _ in 0..count {
        pool.submit(|ran: Arc<AtomicUsize>| ran.fetch_add(1, Ordering::SeqCst), Arc::clone(&ran));
    }
    ran
}

/// Waits for something that has no event of its own; the watchdog bounds it.
pub(crate) fn eventually(happened: impl Fn() -> bool) {
    while !happened() {
        thread::yield_now();
    }
}

/// How many threads of this process carry a name that begins with `prefix`.
pub(crate) fn threads_named(prefix: &str) -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("this test needs /proc");
    let names =
        tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.starts_with(prefix)).count()
}

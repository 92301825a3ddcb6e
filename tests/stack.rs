//! Waits nest ten thousand deep on one worker, whose stack has the usual size.
//!
//! A process of its own, for a stack that overflows takes its process along.

use std::path::Path;
use std::{fs, thread};

use concurrent_futures::{
    Future, ReturnWhen, TaskError, ThreadPoolExecutor, ThreadPoolHandle, as_completed, wait,
};

#[path = "support/watchdog.rs"]
mod watchdog;

use watchdog::check;

const DEPTH: u32 = 10_000;

/// How a task waits for the one below it.
type Wait = fn(Future<u32>) -> u32;

/// The result; an error goes up as it is, for one quoted in the next would double at every level.
fn take(result: Result<u32, TaskError>) -> u32 {
    result.unwrap_or_else(|error| error.resume())
}

fn nest(handle: &ThreadPoolHandle, depth: u32, wait: Wait) -> u32 {
    if depth == 0 {
        return 0;
    }
    let inner = handle.clone();
    wait(handle.spawn(move || nest(&inner, depth - 1, wait))) + 1
}

fn named(prefix: &str) -> ThreadPoolExecutor {
    let builder = ThreadPoolExecutor::builder().max_workers(1).thread_name_prefix(prefix);
    builder.build().unwrap()
}

fn comm(task: &Path) -> String {
    fs::read_to_string(task.join("comm")).unwrap_or_default()
}

fn threads_named(prefix: &str) -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("this test needs /proc");
    tasks.flatten().filter(|task| comm(&task.path()).starts_with(prefix)).count()
}

fn dives(prefix: &str, wait: Wait) {
    check(|| {
        let pool = named(prefix);
        let handle = pool.handle();
        for _ in 0..2 {
            let handle = handle.clone();
            assert_eq!(pool.spawn(move || nest(&handle, DEPTH, wait)).result().unwrap(), DEPTH);
        }
        while threads_named(prefix) > 1 {
            thread::yield_now();
        }
        pool.shutdown();
        assert_eq!(pool.stats().workers, 0);
    });
}

#[test]
fn result_nests_ten_thousand_deep() {
    dives("deep_result", |future| take(future.result()));
}

#[test]
fn wait_nests_ten_thousand_deep() {
    dives("deep_wait", |future| {
        let waited = wait([future], ReturnWhen::AllCompleted);
        take(waited.done.into_iter().next().unwrap().result())
    });
}

#[test]
fn as_completed_nests_ten_thousand_deep() {
    dives("deep_first", |future| take(as_completed([future]).next().unwrap().result()));
}

#[test]
fn shared_futures_nest_ten_thousand_deep() {
    dives("deep_shared", |future| *future.shared().result().unwrap());
}

fn nest_maps(handle: &ThreadPoolHandle, depth: u32) -> u32 {
    if depth == 0 {
        return 0;
    }
    let inner = handle.clone();
    let below = handle.map(move |depth: u32| nest_maps(&inner, depth), [depth - 1]);
    below.map(take).sum::<u32>() + 1
}

#[test]
fn maps_nest_a_thousand_deep() {
    check(|| {
        let pool = named("deep_map");
        let handle = pool.handle();
        assert_eq!(pool.spawn(move || nest_maps(&handle, 1000)).result().unwrap(), 1000);
    });
}

/// Each task waits for the one that was spawned before it; the first to run is the last of them.
#[test]
fn a_chain_of_ten_thousand_queued_tasks_is_claimed_from_its_end() {
    check(|| {
        let pool = named("deep_chain");
        let handle = pool.handle();
        let last = pool.spawn(move || {
            let first: Future<u32> = handle.spawn(|| 0);
            let link = |before: Future<u32>, _| handle.spawn(move || take(before.result()) + 1);
            (0..DEPTH).fold(first, link).result().unwrap()
        });
        assert_eq!(last.result().unwrap(), DEPTH);
    });
}

#[test]
fn a_panic_at_the_bottom_comes_up() {
    check(|| {
        let pool = named("deep_panic");
        let handle = pool.handle();
        let result = pool.spawn(move || sink(&handle, 2000)).result();
        assert_eq!(result.unwrap_err().panic().unwrap().message(), "at the bottom");
    });
}

fn sink(handle: &ThreadPoolHandle, depth: u32) {
    if depth == 0 {
        std::panic::resume_unwind(Box::new("at the bottom"));
    }
    let inner = handle.clone();
    if let Err(error) = handle.spawn(move || sink(&inner, depth - 1)).result() {
        error.resume();
    }
}

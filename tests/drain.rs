//! Who takes the results of many small tasks in turn is not woken for each of them.
//!
//! A process of its own, as the workers of other tests would use cores, too.
#![cfg(target_os = "linux")]

use std::hint::black_box;
use std::thread::available_parallelism;

use concurrent_futures::ThreadPoolExecutor;

#[path = "support/watchdog.rs"]
mod watchdog;

use watchdog::check;

const TASKS: u64 = 20_000;

/// Keeps a core busy for some microseconds.
fn small(n: u64) -> u64 {
    (0..1000).fold(n, |n, _| black_box(n))
}

/// How often the calling thread has gone to sleep.
fn sleeps() -> u64 {
    let status =
        std::fs::read_to_string("/proc/thread-self/status").expect("this test needs /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    line.expect("every status has it").trim().parse().expect("a number")
}

#[test]
fn the_caller_sleeps_for_few_of_many_results() {
    check(|| {
        // As many workers as there are cores, so that the caller has none for itself.
        let pool = ThreadPoolExecutor::new(available_parallelism().unwrap().get()).unwrap();
        let futures: Vec<_> = (0..TASKS).map(|n| pool.submit(small, n)).collect();
        let before = sleeps();
        for (n, future) in (0..TASKS).zip(futures) {
            assert_eq!(future.result().unwrap(), n);
        }
        let slept = sleeps() - before;
        assert!(slept < TASKS / 10, "it slept {slept} times for {TASKS} results");
    });
}

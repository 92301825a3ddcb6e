//! An idle pool uses no CPU at all: the kernel never switches to one of its threads.
//!
//! A process of its own, so that nothing else in it makes work. The sleep is what is measured.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, thread};

use concurrent_futures::ThreadPoolExecutor;

#[path = "support/watchdog.rs"]
mod watchdog;

use watchdog::check;

const PREFIX: &str = "idle_worker";

/// How long the pool is watched.
const INTERVAL: Duration = Duration::from_millis(400);

/// The workers' entries in /proc.
fn workers() -> Vec<PathBuf> {
    let tasks = fs::read_dir("/proc/self/task").expect("this test needs /proc");
    let mut tasks: Vec<PathBuf> = tasks.flatten().map(|task| task.path()).collect();
    tasks.retain(|task| fs::read_to_string(task.join("comm")).is_ok_and(|c| c.starts_with(PREFIX)));
    tasks.sort();
    tasks
}

fn status(task: &Path) -> String {
    fs::read_to_string(task.join("status")).expect("an idle worker stays")
}

/// What `status` says of `fact`.
fn fact<'a>(status: &'a str, fact: &str) -> &'a str {
    let line = status.lines().find(|line| line.starts_with(fact));
    line.and_then(|line| line.split_once(':')).expect("every status has it").1.trim()
}

/// How often each worker has been switched to, by its own will or not.
fn switches(workers: &[PathBuf]) -> Vec<(String, String)> {
    let of = |worker: &PathBuf| {
        let status = status(worker);
        let count = |kind| fact(&status, kind).to_owned();
        (count("voluntary_ctxt_switches"), count("nonvoluntary_ctxt_switches"))
    };
    workers.iter().map(of).collect()
}

/// Waits until all workers of `pool` are parked, and no more than parked.
fn fall_asleep(pool: &ThreadPoolExecutor, count: usize) -> Vec<PathBuf> {
    let asleep = |worker: &PathBuf| fact(&status(worker), "State").starts_with('S');
    loop {
        let stats = pool.stats();
        let workers = workers();
        if stats.idle == count && workers.len() == count && workers.iter().all(asleep) {
            return workers;
        }
        thread::yield_now();
    }
}

fn nobody_moves(pool: &ThreadPoolExecutor, count: usize) {
    let workers = fall_asleep(pool, count);
    let before = switches(&workers);
    thread::sleep(INTERVAL);
    assert_eq!(switches(&workers), before, "an idle worker was woken");
}

#[test]
fn no_thread_is_woken_while_the_pool_is_idle() {
    for keep_alive in [None, Some(Duration::from_secs(3600))] {
        check(|| {
            let builder = ThreadPoolExecutor::builder().max_workers(3).thread_name_prefix(PREFIX);
            let builder = keep_alive.into_iter().fold(builder, |b, after| b.keep_alive(after));
            let pool = builder.build().unwrap();
            pool.map(|n: u32| n, 0..2000).chunksize(1).for_each(drop);
            let barrier = std::sync::Arc::new(std::sync::Barrier::new(3));
            let meet = |barrier: std::sync::Arc<std::sync::Barrier>| _ = barrier.wait();
            let met: Vec<_> = (0..3).map(|_| pool.submit(meet, barrier.clone())).collect();
            met.into_iter().for_each(|future| future.result().unwrap());
            nobody_moves(&pool, 3);
            pool.spawn(|| ()).result().unwrap();
            nobody_moves(&pool, 3);
        });
    }
}

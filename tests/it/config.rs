//! The builder: names, stacks, how many threads, and when they start.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};
use std::thread;

use concurrent_futures::{Executor, ThreadPoolExecutor};

use crate::pool::{eventually, hold_all, named_pool, pool};
use crate::watchdog::check;

fn name_of_worker(pool: &ThreadPoolExecutor) -> String {
    pool.spawn(|| thread::current().name().unwrap().to_owned()).result().unwrap()
}

#[test]
fn workers_are_named_by_prefix_and_index() {
    check(|| {
        let pool = named_pool(3, "reader");
        let barrier = Arc::new(Barrier::new(3));
        let futures: Vec<_> = (0..3)
            .map(|_| {
                let barrier = Arc::clone(&barrier);
                pool.spawn(move || {
                    barrier.wait();
                    thread::current().name().unwrap().to_owned()
                })
            })
            .collect();
        let names: HashSet<String> = futures.into_iter().map(|f| f.result().unwrap()).collect();
        assert_eq!(names, ["reader_0", "reader_1", "reader_2"].map(String::from).into());
    });
}

#[test]
fn the_default_prefix_counts_pools() {
    check(|| {
        let names = [pool(1), pool(1)].map(|pool| name_of_worker(&pool));
        let number = |name: &str| -> Option<u64> {
            name.strip_prefix("ThreadPoolExecutor-")?.strip_suffix("_0")?.parse().ok()
        };
        let numbers = names.each_ref().map(|name| number(name).expect(name));
        assert!(numbers[0] < numbers[1], "{names:?}");
    });
}

#[test]
fn a_pool_may_be_made_by_default() {
    check(|| {
        let pool = ThreadPoolExecutor::default();
        assert_eq!(pool.max_workers(), num_cpus::get());
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
        assert_eq!(ThreadPoolExecutor::builder().build().unwrap().max_workers(), num_cpus::get());
        assert_eq!(ThreadPoolExecutor::new(7).unwrap().max_workers(), 7);
    });
}

#[test]
fn threads_start_when_there_is_work_for_them() {
    check(|| {
        let pool = pool(4);
        assert_eq!(pool.stats().workers, 0);
        for workers in 1..=4 {
            let held = hold_all(&pool, workers);
            assert_eq!(pool.stats().workers, workers, "the others had work");
            drop(held);
            eventually(|| pool.stats().idle == workers);
        }
    });
}

#[test]
fn no_thread_starts_while_one_is_idle() {
    check(|| {
        let pool = pool(4);
        for _ in 0..50 {
            pool.spawn(|| ()).result().unwrap();
            eventually(|| pool.stats().idle == 1);
        }
        assert_eq!(pool.stats().workers, 1);
    });
}

#[test]
fn there_are_never_more_threads_than_asked_for() {
    check(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..500).map(|_| pool.spawn(|| thread::current().id())).collect();
        let threads: HashSet<_> = futures.into_iter().map(|f| f.result().unwrap()).collect();
        assert!(threads.len() <= 2);
        assert!(pool.stats().workers <= 2);
    });
}

#[test]
fn all_workers_work_at_once() {
    check(|| {
        let pool = pool(4);
        for _ in 0..20 {
            let barrier = Arc::new(Barrier::new(4));
            let meet = |barrier: Arc<Barrier>| _ = barrier.wait();
            let met: Vec<_> = (0..4).map(|_| pool.submit(meet, Arc::clone(&barrier))).collect();
            met.into_iter().for_each(|future| future.result().unwrap());
        }
    });
}

/// Fills `depth` frames of the stack, in a way the compiler cannot see through.
fn dig(depth: usize) -> u64 {
    let frame = std::hint::black_box([depth as u64; 128]);
    if depth == 0 { frame[0] } else { dig(depth - 1) + frame[127] }
}

#[test]
fn workers_have_the_stack_asked_for() {
    check(|| {
        let builder = ThreadPoolExecutor::builder().max_workers(1).stack_size(64 << 20);
        let pool = builder.build().unwrap();
        assert_eq!(pool.spawn(|| dig(20_000)).result().unwrap(), 20_000 * 20_001 / 2);
    });
}

#[test]
fn the_size_of_a_pool_is_known() {
    check(|| assert_eq!(Executor::max_workers(&pool(3)), 3));
}

#[test]
fn debug_tells_pools_apart() {
    check(|| {
        let pool = named_pool(3, "seen");
        assert!(format!("{pool:?}").contains("ThreadPoolExecutor"));
        assert!(format!("{:?}", pool.handle()).contains("ThreadPoolHandle"));
    });
}

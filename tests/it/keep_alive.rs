//! `keep_alive`: idle workers go after a while, and come again when there is work.

use std::time::Duration;

use concurrent_futures::ThreadPoolExecutor;

use crate::pool::{eventually, hold_all, pool};
use crate::watchdog::check;

fn short_lived(max_workers: usize, keep_alive: Duration) -> ThreadPoolExecutor {
    let builder = ThreadPoolExecutor::builder().max_workers(max_workers);
    builder.keep_alive(keep_alive).build().unwrap()
}

#[test]
fn idle_workers_go_and_come_again() {
    check(|| {
        let pool = short_lived(3, Duration::from_millis(5));
        for _ in 0..5 {
            drop(hold_all(&pool, 3));
            eventually(|| pool.stats().workers == 0);
            assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
        }
    });
}

#[test]
fn without_it_an_idle_worker_stays() {
    check(|| {
        let pool = pool(2);
        drop(hold_all(&pool, 2));
        eventually(|| pool.stats().idle == 2);
        assert_eq!(pool.stats().workers, 2);
        pool.spawn(|| ()).result().unwrap();
        assert_eq!(pool.stats().workers, 2);
    });
}

/// Every submit meets a worker that is about to go.
#[test]
fn no_task_is_lost_between_a_worker_that_goes_and_one_that_comes() {
    check(|| {
        for keep_alive in [Duration::ZERO, Duration::from_micros(20)] {
            for workers in 1..=2 {
                let pool = short_lived(workers, keep_alive);
                for number in 0..500 {
                    assert_eq!(pool.spawn(move || number).result().unwrap(), number);
                }
            }
        }
    });
}

#[test]
fn a_busy_worker_stays() {
    check(|| {
        let pool = short_lived(1, Duration::ZERO);
        let held = hold_all(&pool, 1);
        assert_eq!(pool.stats().workers, 1);
        drop(held);
        eventually(|| pool.stats().workers == 0);
    });
}

#[test]
fn the_longest_is_for_ever() {
    check(|| {
        let pool = short_lived(1, Duration::MAX);
        pool.spawn(|| ()).result().unwrap();
        eventually(|| pool.stats().idle == 1);
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
    });
}

#[test]
fn a_shutdown_meets_workers_that_go() {
    check(|| {
        for _ in 0..100 {
            let pool = short_lived(2, Duration::ZERO);
            let futures = [pool.spawn(|| ()), pool.spawn(|| ())];
            pool.shutdown();
            assert!(futures.iter().all(concurrent_futures::Future::done));
            assert_eq!(pool.stats().workers, 0);
        }
    });
}

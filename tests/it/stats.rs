//! `stats`: where the tasks of a pool are.

use concurrent_futures::{PoolStats, ThreadPoolExecutor};

use crate::pool::{eventually, hold, hold_all, pool};
use crate::watchdog::check;

/// Waits until nothing runs, and adds up what became of the tasks.
fn at_rest(pool: &ThreadPoolExecutor) -> PoolStats {
    eventually(|| {
        let stats = pool.stats();
        stats.queued == 0 && stats.running == 0 && stats.idle == stats.workers
    });
    pool.stats()
}

#[test]
fn a_new_pool_has_nothing() {
    let PoolStats { workers, idle, queued, running, finished, cancelled, .. } = pool(3).stats();
    assert_eq!([workers, idle, queued, running], [0; 4]);
    assert_eq!((finished, cancelled), (0, 0));
}

#[test]
fn running_and_queued_tasks_are_told_apart() {
    check(|| {
        let pool = pool(2);
        let held = hold_all(&pool, 2);
        let queued: Vec<_> = (0..5).map(|_| pool.spawn(|| ())).collect();
        let stats = pool.stats();
        assert_eq!((stats.workers, stats.idle), (2, 0));
        assert_eq!((stats.running, stats.queued), (2, 5));
        drop(held);
        queued.into_iter().for_each(|future| future.result().unwrap());
        let stats = at_rest(&pool);
        assert_eq!((stats.workers, stats.idle), (2, 2));
        assert_eq!((stats.finished, stats.cancelled), (7, 0));
    });
}

#[test]
fn a_cancelled_task_is_queued_no_more() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let (cancelled, other) = (pool.spawn(|| ()), pool.spawn(|| ()));
        assert!(cancelled.cancel());
        assert!(cancelled.cancel());
        let stats = pool.stats();
        assert_eq!((stats.queued, stats.cancelled, stats.finished), (1, 1, 0));
        held.release();
        other.result().unwrap();
        let stats = at_rest(&pool);
        assert_eq!((stats.queued, stats.cancelled, stats.finished), (0, 1, 2));
    });
}

#[test]
fn a_panicked_task_has_finished() {
    check(|| {
        let pool = pool(1);
        pool.spawn(|| panic!("counted")).wait();
        assert_eq!(at_rest(&pool).finished, 1);
    });
}

#[test]
fn a_claimed_task_counts_like_another() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let outer = pool.spawn(move || handle.spawn(|| 1).result().unwrap());
        outer.result().unwrap();
        let stats = at_rest(&pool);
        assert_eq!((stats.finished, stats.cancelled, stats.queued), (2, 0, 0));
    });
}

#[test]
fn refused_work_was_never_there() {
    check(|| {
        let pool = pool(1);
        pool.spawn(|| ()).result().unwrap();
        pool.shutdown();
        drop(pool.spawn(|| ()));
        let stats = pool.stats();
        assert_eq!((stats.queued, stats.running, stats.workers), (0, 0, 0));
        assert_eq!((stats.finished, stats.cancelled), (1, 0));
    });
}

#[test]
fn what_a_shutdown_cancels_is_cancelled() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let futures: Vec<_> = (0..4).map(|_| pool.spawn(|| ())).collect();
        pool.shutdown_with(concurrent_futures::Shutdown { wait: false, cancel_futures: true });
        held.release();
        pool.shutdown();
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.cancelled, stats.queued), (1, 4, 0));
        assert!(futures.iter().all(concurrent_futures::Future::cancelled));
    });
}

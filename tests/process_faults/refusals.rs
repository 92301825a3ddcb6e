//! Row 15: the system refuses another process, and thinks better of it later.

use std::fs::File;

use concurrent_futures::{StartMethod, TaskErrorKind};

use crate::census::{either_way, undisturbed};
use crate::gate::Gate;
use crate::pools::{assert_usable, error, hold, pool, stand};
use crate::system::Limited;

/// From now on every descriptor is one too many.
fn no_descriptors() -> Limited {
    // The lowest number that is free.
    let next = File::open("/dev/null").unwrap();
    Limited::descriptors(std::os::fd::AsRawFd::as_raw_fd(&next) as u64)
}

#[test]
fn the_first_worker_cannot_be_started() {
    either_way(|method| {
        let pool = pool(method, 2);
        let limited = no_descriptors();
        let futures: Vec<_> = (0..5).map(|n| pool.submit(|n: u64| n, n)).collect();
        for future in futures {
            let error = error(future);
            assert_eq!(error.kind(), TaskErrorKind::Broken, "{error}");
            let reason = "Too many open files";
            assert!(error.to_string().contains(reason), "no `{reason}` in: {error}");
        }
        drop(limited);
    });
}

#[test]
fn another_worker_cannot_be_started_for_now() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 2), Gate::new());
        assert_usable_by_one(&pool);
        let limited = no_descriptors();
        let first = pool.submit(stand, (gate.key(), 1));
        let second = pool.submit(stand, (gate.key(), 2));
        let third = pool.submit(|n: u64| n, 3);
        // The gate needs a descriptor as well.
        drop(limited);
        let guests = [gate.guest(), gate.guest()];
        assert_ne!(guests[0].pid, guests[1].pid, "both run at the same time");
        guests.into_iter().for_each(crate::gate::Guest::release);
        assert_eq!((first.result().unwrap(), second.result().unwrap()), (1, 2));
        assert_eq!(third.result().unwrap(), 3);
        assert_usable(&pool);
    });
}

fn assert_usable_by_one(pool: &concurrent_futures::ProcessPoolExecutor) {
    assert_eq!(pool.submit(|n: u64| n, 1).result().unwrap(), 1);
    assert_eq!(pool.worker_pids().len(), 1);
}

/// One worker does the work of two.
#[test]
fn a_smaller_pool_while_one_worker_lives() {
    either_way(|method| {
        let pool = pool(method, 4);
        assert_usable_by_one(&pool);
        let limited = no_descriptors();
        // More than enough for the pool to try more often than it would alone.
        for _ in 0..20 {
            let futures: Vec<_> = (0..50).map(|n| pool.submit(|n: u64| n * 2, n)).collect();
            for (n, future) in (0..).zip(futures) {
                assert_eq!(future.result().unwrap(), n * 2);
            }
        }
        assert_eq!(pool.worker_pids().len(), 1);
        drop(limited);
        assert_usable(&pool);
    });
}

/// A worker that dies while it cannot be replaced is replaced when that is possible.
#[test]
fn the_last_worker_dies_in_hard_times() {
    undisturbed(|| {
        let (pool, gate) = (pool(StartMethod::Spawn, 1), Gate::new());
        let (future, guest) = hold(&pool, &gate, 1);
        let next = pool.submit(|n: u64| n, 2);
        let limited = no_descriptors();
        crate::system::signal(guest.pid, crate::system::SIGKILL);
        assert_eq!(error(future).kind(), TaskErrorKind::WorkerDied);
        drop(limited);
        // Its descriptors were enough, or it was tried again.
        assert_eq!(next.result().unwrap(), 2);
    });
}

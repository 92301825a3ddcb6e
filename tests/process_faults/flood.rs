//! Row 20: more tasks than anybody can run at once.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::time::Duration;

use concurrent_futures::{
    ProcessPoolExecutor, Shutdown, StartMethod, TaskErrorKind, TrySubmitError,
};

use crate::census::undisturbed;
use crate::gate::{Gate, eventually};
use crate::pools::{assert_usable, error, hold, quiet};
use crate::system::{Limited, descriptors, memory};

/// Unoptimised code takes its time.
const TASKS: usize = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
/// What a task that waits may take in the program.
const EACH: usize = 600;

fn pool() -> ProcessPoolExecutor {
    quiet(2).start_method(StartMethod::Spawn).build().unwrap()
}

#[test]
fn a_million_tasks_with_few_descriptors() {
    undisturbed(|| {
        let _limited = Limited::descriptors(256);
        let (pool, gate) = (pool(), Gate::new());
        let held = [hold(&pool, &gate, 1), hold(&pool, &gate, 2)];
        let (open, used) = (descriptors(), memory());
        let futures: Vec<_> = (0..TASKS).map(|n| pool.submit(|n: usize| n, n)).collect();
        let grown = memory().saturating_sub(used);
        assert!(descriptors().len() <= open.len());
        assert!(grown < TASKS * EACH, "{} bytes a task", grown / TASKS);
        assert!(pool.stats().queued >= TASKS);
        for (future, guest) in held {
            guest.release();
            future.result().unwrap();
        }
        for (n, future) in futures.into_iter().enumerate() {
            assert_eq!(future.result().unwrap(), n);
        }
        assert!(descriptors().len() <= open.len());
    });
}

#[test]
fn many_tasks_that_are_cancelled_by_a_shutdown() {
    undisturbed(|| {
        let _limited = Limited::descriptors(256);
        let (pool, gate) = (pool(), Gate::new());
        let held = [hold(&pool, &gate, 1), hold(&pool, &gate, 2)];
        let futures: Vec<_> = (0..50_000).map(|n| pool.submit(|n: usize| n, n)).collect();
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
        for future in futures {
            assert_eq!(error(future).kind(), TaskErrorKind::Cancelled);
        }
        for (future, guest) in held {
            guest.release();
            future.result().unwrap();
        }
    });
}

#[test]
fn a_full_queue() {
    undisturbed(|| {
        const CAPACITY: usize = 5;
        let pool = quiet(1).queue_capacity(CAPACITY).build().unwrap();
        let gate = Gate::new();
        let (held, guest) = hold(&pool, &gate, 1);
        let queued: Vec<_> =
            (0..CAPACITY).map(|n| pool.try_submit(|n: usize| n, n).unwrap()).collect();
        let full = pool.try_submit(|n: usize| n, 77).unwrap_err();
        assert!(matches!(full, TrySubmitError::Full(77)), "{full:?}");
        // Who cancels makes room at once.
        assert!(queued[2].cancel());
        let sixth = pool.try_submit(|n: usize| n, 6).unwrap();
        assert!(pool.try_submit(|n: usize| n, 77).is_err());
        let entered = AtomicUsize::new(0);
        let (submitted, waiter) = channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                entered.store(1, SeqCst);
                submitted.send(pool.submit(|n: usize| n, 7)).unwrap();
            });
            eventually(|| entered.load(SeqCst) == 1);
            assert!(waiter.recv_timeout(Duration::from_millis(50)).is_err(), "it did not wait");
            guest.release();
            assert_eq!(waiter.recv().unwrap().result().unwrap(), 7);
        });
        held.result().unwrap();
        assert_eq!(sixth.result().unwrap(), 6);
        for (n, future) in queued.into_iter().enumerate().filter(|(n, _)| *n != 2) {
            assert_eq!(future.result().unwrap(), n);
        }
        assert_usable(&pool);
    });
}

/// A shutdown, and the end of a worker, reach those who wait for a place.
#[test]
fn waiting_for_a_place_when_something_ends() {
    undisturbed(|| {
        for kill in [false, true] {
            let pool = quiet(1).queue_capacity(1).build().unwrap();
            let gate = Gate::new();
            let (held, guest) = hold(&pool, &gate, 1);
            let queued = pool.submit(|n: u64| n, 2);
            std::thread::scope(|scope| {
                let waiter = scope.spawn(|| pool.submit(|n: u64| n, 3).result());
                if kill {
                    assert!(held.kill());
                    assert_eq!(waiter.join().unwrap().unwrap(), 3);
                    assert_eq!(queued.result().unwrap(), 2);
                } else {
                    pool.shutdown_with(Shutdown { wait: false, cancel_futures: false });
                    match waiter.join().unwrap() {
                        Err(error) => assert_eq!(error.kind(), TaskErrorKind::ShutDown),
                        Ok(value) => panic!("{value} came after the shutdown"),
                    }
                    guest.release();
                    held.result().unwrap();
                    assert_eq!(queued.result().unwrap(), 2);
                }
            });
        }
    });
}

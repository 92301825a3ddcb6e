//! Shutdown, in all its forms, from outside.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_futures::{Executor, Future, Shutdown, TaskErrorKind, ThreadPoolExecutor};

use crate::pool::{hold, hold_all, named_pool, pool};
use crate::watchdog::check;

const DRAIN: Shutdown = Shutdown { wait: false, cancel_futures: false };
const CANCEL: Shutdown = Shutdown { wait: false, cancel_futures: true };

fn numbers(pool: &ThreadPoolExecutor, count: usize) -> Vec<Future<usize>> {
    (0..count).map(|number| pool.spawn(move || number)).collect()
}

#[test]
fn it_waits_for_all_accepted_work() {
    check(|| {
        let pool = pool(2);
        let futures = numbers(&pool, 200);
        pool.shutdown();
        assert!(futures.iter().all(Future::done));
        assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..200));
    });
}

#[test]
fn it_may_be_called_again_and_by_anybody() {
    check(|| {
        let pool = pool(2);
        let futures = numbers(&pool, 50);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    pool.shutdown();
                    assert!(futures.iter().all(Future::done), "each of them waits");
                });
            }
        });
        pool.shutdown();
        pool.shutdown_with(CANCEL);
    });
}

#[test]
fn without_waiting_the_work_still_completes() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let futures = numbers(&pool, 10);
        pool.shutdown_with(DRAIN);
        assert!(futures.iter().all(|future| !future.done()));
        assert_eq!(pool.spawn(|| 0).result().unwrap_err().kind(), TaskErrorKind::ShutDown);
        held.release();
        assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..10));
    });
}

#[test]
fn a_waiting_shutdown_after_one_that_does_not_wait_does_wait() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let futures = numbers(&pool, 10);
        pool.shutdown_with(DRAIN);
        let releaser = thread::spawn(move || held.release());
        pool.shutdown();
        assert!(futures.iter().all(Future::done));
        releaser.join().unwrap().result().unwrap();
    });
}

#[test]
fn cancelling_ends_what_has_not_begun() {
    check(|| {
        let pool = pool(2);
        let held = hold_all(&pool, 2);
        let futures = numbers(&pool, 20);
        pool.shutdown_with(CANCEL);
        for future in futures {
            assert!(future.cancelled());
            assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
        }
        for running in held {
            running.release().result().expect("it had begun");
        }
    });
}

#[test]
fn cancelling_and_waiting_waits_for_what_runs() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let futures = numbers(&pool, 5);
        let releaser = thread::spawn(move || held.release());
        pool.shutdown_with(Shutdown { wait: true, cancel_futures: true });
        let running = releaser.join().unwrap();
        assert!(running.done() && futures.iter().all(Future::done));
        running.result().unwrap();
    });
}

#[test]
fn cancelling_may_follow_a_shutdown_that_drains() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let futures = numbers(&pool, 5);
        pool.shutdown_with(DRAIN);
        pool.shutdown_with(CANCEL);
        assert!(futures.iter().all(Future::cancelled));
        held.release();
    });
}

#[test]
fn callbacks_of_what_a_shutdown_cancels_run() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let ran = Arc::new(AtomicUsize::new(0));
        let futures = numbers(&pool, 10);
        for future in &futures {
            let ran = Arc::clone(&ran);
            future.add_done_callback(move |_| _ = ran.fetch_add(1, Ordering::SeqCst));
        }
        pool.shutdown_with(CANCEL);
        assert_eq!(ran.load(Ordering::SeqCst), 10);
        held.release();
    });
}

#[test]
fn a_pool_without_a_thread_is_shut_down_at_once() {
    check(|| {
        let pool = pool(4);
        pool.shutdown();
        assert_eq!(pool.stats().workers, 0);
    });
}

/// Counts when the thread it lives on has run its destructors.
struct CountsItsEnd(Arc<AtomicUsize>);

impl Drop for CountsItsEnd {
    fn drop(&mut self) {
        thread::yield_now();
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

thread_local! {
    static ON_EXIT: RefCell<Option<CountsItsEnd>> = const { RefCell::new(None) };
}

/// Leaves a destructor on each of `count` workers, and says how many of them have run.
fn leave_destructors(pool: &ThreadPoolExecutor, count: usize) -> Arc<AtomicUsize> {
    let ended = Arc::new(AtomicUsize::new(0));
    let barrier = Arc::new(std::sync::Barrier::new(count));
    let futures: Vec<_> = (0..count)
        .map(|_| {
            let (ended, barrier) = (Arc::clone(&ended), Arc::clone(&barrier));
            pool.spawn(move || {
                ON_EXIT.set(Some(CountsItsEnd(ended)));
                barrier.wait();
            })
        })
        .collect();
    futures.into_iter().for_each(|future| future.result().unwrap());
    ended
}

#[test]
fn it_joins_the_workers_with_their_destructors() {
    check(|| {
        for _ in 0..20 {
            let pool = named_pool(3, "joined");
            let ended = leave_destructors(&pool, 3);
            assert_eq!(ended.load(Ordering::SeqCst), 0);
            pool.shutdown();
            assert_eq!(ended.load(Ordering::SeqCst), 3);
            assert_eq!(pool.stats().workers, 0);
        }
    });
}

#[test]
fn every_shutdown_that_waits_joins() {
    check(|| {
        for _ in 0..20 {
            let pool = pool(2);
            let ended = leave_destructors(&pool, 2);
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        pool.shutdown();
                        assert_eq!(ended.load(Ordering::SeqCst), 2);
                    });
                }
            });
        }
    });
}

#[test]
fn dropping_joins_as_well() {
    check(|| {
        let pool = pool(2);
        let ended = leave_destructors(&pool, 2);
        drop(pool);
        assert_eq!(ended.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_deadline_that_is_kept_joins_as_well() {
    check(|| {
        let pool = pool(2);
        let ended = leave_destructors(&pool, 2);
        pool.shutdown_timeout(Duration::MAX).unwrap();
        assert_eq!(ended.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn submitting_races_with_it_and_every_future_is_resolved() {
    check(|| {
        for round in 0..200 {
            let pool = pool(2);
            let handle = pool.handle();
            let spawner = thread::spawn(move || {
                (0..50).map(|number| handle.spawn(move || number)).collect::<Vec<_>>()
            });
            pool.shutdown_with(Shutdown { wait: round % 2 == 0, cancel_futures: round % 3 == 0 });
            let futures = spawner.join().unwrap();
            let first_refused = futures.len() - refused(futures);
            assert!(first_refused <= 50);
        }
    });
}

/// How many were refused; once one is refused all later ones are.
fn refused(futures: Vec<Future<i32>>) -> usize {
    let mut refused = 0;
    for (number, future) in (0..).zip(futures) {
        match future.result() {
            Ok(same) => assert_eq!((same, refused), (number, 0)),
            Err(error) if error.kind() == TaskErrorKind::ShutDown => refused += 1,
            Err(error) => assert_eq!((error.kind(), refused), (TaskErrorKind::Cancelled, 0)),
        }
    }
    refused
}

/// What a task hands to its own pool after the shutdown was never accepted.
#[test]
fn running_tasks_cannot_submit_after_it() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let held =
            crate::pool::hold_then(&pool, move || handle.spawn(|| ()).result().unwrap_err().kind());
        pool.shutdown_with(DRAIN);
        assert_eq!(held.release().result().unwrap(), TaskErrorKind::ShutDown);
    });
}

#[test]
fn nested_work_accepted_before_it_completes() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let (inner_send, inner) = std::sync::mpsc::channel();
        let held = crate::pool::hold_then(&pool, move || {
            let inner: Future<i32> = inner.recv().unwrap();
            inner.result().unwrap()
        });
        inner_send.send(handle.spawn(|| 6)).unwrap();
        pool.shutdown_with(DRAIN);
        assert_eq!(held.release().result().unwrap(), 6);
        Executor::shutdown(&pool);
    });
}

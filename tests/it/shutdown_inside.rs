//! Shutdown from within: a task never waits for itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use concurrent_futures::{Future, SharedFuture, Shutdown, TaskErrorKind, ThreadPoolExecutor};

use crate::pool::{counting, hold, pool};
use crate::watchdog::check;

/// A task that does `act` with its own pool.
fn with_its_pool<T: Send + 'static>(
    pool: &Arc<ThreadPoolExecutor>,
    act: impl FnOnce(&ThreadPoolExecutor) -> T + Send + 'static,
) -> Future<T> {
    let inside = Arc::clone(pool);
    pool.spawn(move || act(&inside))
}

#[test]
fn a_task_shuts_its_pool_down() {
    check(|| {
        for workers in 1..=3 {
            let pool = Arc::new(pool(workers));
            with_its_pool(&pool, ThreadPoolExecutor::shutdown).result().unwrap();
            assert_eq!(pool.spawn(|| ()).result().unwrap_err().kind(), TaskErrorKind::ShutDown);
            pool.shutdown();
        }
    });
}

#[test]
fn it_waits_for_all_other_accepted_work() {
    check(|| {
        for workers in 1..=3 {
            let pool = Arc::new(pool(workers));
            let (begin, begun) = mpsc::channel::<Arc<AtomicUsize>>();
            let task = with_its_pool(&pool, move |pool| {
                let counter = begun.recv().unwrap();
                pool.shutdown();
                counter.load(Ordering::SeqCst)
            });
            begin.send(counting(&pool, 30)).unwrap();
            assert_eq!(task.result().unwrap(), 30, "{workers} workers");
        }
    });
}

#[test]
fn two_tasks_in_a_shutdown_do_not_wait_for_each_other() {
    check(|| {
        for workers in 2..=3 {
            let pool = Arc::new(pool(workers));
            let barrier = Arc::new(Barrier::new(2));
            let tasks: Vec<_> = (0..2)
                .map(|_| {
                    let barrier = Arc::clone(&barrier);
                    with_its_pool(&pool, move |pool| {
                        barrier.wait();
                        pool.shutdown();
                    })
                })
                .collect();
            tasks.into_iter().for_each(|task| task.result().unwrap());
            pool.shutdown();
        }
    });
}

#[test]
fn one_from_outside_waits_for_the_task_that_does_the_same() {
    check(|| {
        for _ in 0..50 {
            let pool = Arc::new(pool(2));
            let counter = counting(&pool, 10);
            let task = with_its_pool(&pool, ThreadPoolExecutor::shutdown);
            pool.shutdown();
            assert!(task.done());
            assert_eq!(counter.load(Ordering::SeqCst), 10);
        }
    });
}

#[test]
fn cancelling_from_inside() {
    check(|| {
        let pool = Arc::new(pool(1));
        let (begin, begun) = mpsc::channel::<()>();
        let task = with_its_pool(&pool, move |pool| {
            let _ = begun.recv();
            pool.shutdown_with(Shutdown { wait: true, cancel_futures: true });
        });
        let queued = pool.spawn(|| ());
        drop(begin);
        task.result().unwrap();
        assert_eq!(queued.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
    });
}

#[test]
fn a_deadline_from_inside() {
    check(|| {
        let pool = Arc::new(pool(2));
        let held = hold(&pool);
        let task = with_its_pool(&pool, |pool| pool.shutdown_timeout(Duration::ZERO).is_err());
        assert!(task.result().unwrap(), "the held task still runs");
        held.release();
        pool.shutdown_timeout(Duration::MAX).unwrap();
    });
}

#[test]
fn a_task_that_is_left_alone_meets_its_deadline_from_inside() {
    check(|| {
        let pool = Arc::new(pool(1));
        let task = with_its_pool(&pool, |pool| pool.shutdown_timeout(Duration::MAX).is_ok());
        assert!(task.result().unwrap(), "nothing else runs");
    });
}

#[test]
fn a_callback_shuts_the_pool_down() {
    check(|| {
        let pool = Arc::new(pool(1));
        let held = hold(&pool);
        let inside = Arc::clone(&pool);
        held.future.add_done_callback(move |_| inside.shutdown());
        let queued = pool.spawn(|| 1);
        held.release().result().unwrap();
        assert_eq!(queued.result().unwrap(), 1);
    });
}

/// The caller stands on the stack of a task that waits for it, which cannot end before it.
#[test]
fn a_claimed_task_shuts_the_pool_down() {
    check(|| {
        let pool = Arc::new(pool(1));
        let handle = pool.handle();
        let inside = Arc::clone(&pool);
        let outer = pool.spawn(move || {
            let inner = handle.spawn(move || {
                inside.shutdown();
                drop(inside);
                1
            });
            inner.result().unwrap()
        });
        assert_eq!(outer.result().unwrap(), 1);
    });
}

/// Another worker's task waits for the one in the shutdown, which cannot wait for that one then.
#[test]
fn a_task_that_others_wait_for_shuts_the_pool_down() {
    check(|| {
        for _ in 0..50 {
            let pool = Arc::new(pool(2));
            let both = Arc::new(Barrier::new(2));
            let met = Arc::clone(&both);
            let shutter = with_its_pool(&pool, move |pool| {
                met.wait();
                pool.shutdown();
            });
            let shutter: SharedFuture<()> = shutter.shared();
            let awaited = shutter.clone();
            let waiter = pool.spawn(move || {
                both.wait();
                awaited.result().is_ok()
            });
            shutter.wait();
            assert!(waiter.result().unwrap());
        }
    });
}

#[test]
fn what_a_task_queued_before_its_shutdown_is_done_after_it() {
    check(|| {
        let pool = Arc::new(pool(1));
        let counter = counting(&pool, 5);
        let task = with_its_pool(&pool, |pool| {
            let handle = pool.handle();
            let nested = handle.spawn(|| 2);
            pool.shutdown();
            nested.result().unwrap()
        });
        assert_eq!(task.result().unwrap(), 2);
        assert_eq!(counter.load(Ordering::SeqCst), 5);
    });
}

//! Dropping an executor is a shutdown that waits, wherever it happens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread;

use concurrent_futures::{Future, TaskErrorKind, ThreadPoolExecutor};

use crate::pool::{counting, eventually, hold, hold_then, pool};
use crate::watchdog::check;

#[test]
fn a_drop_finishes_all_accepted_work() {
    check(|| {
        let pool = pool(2);
        let counter = counting(&pool, 200);
        drop(pool);
        assert_eq!(counter.load(Ordering::SeqCst), 200);
    });
}

#[test]
fn a_pool_never_used_is_dropped_at_once() {
    check(|| drop((pool(1), pool(1000), ThreadPoolExecutor::default())));
}

#[test]
fn a_handle_outlives_its_pool() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        drop(pool);
        assert_eq!(handle.spawn(|| ()).result().unwrap_err().kind(), TaskErrorKind::ShutDown);
        drop(handle.clone());
        assert_eq!(handle.map(|n: i32| n, 0..3).filter(Result::is_ok).count(), 0);
    });
}

/// One worker: whatever was queued behind the task that drops must be run by somebody else.
#[test]
fn a_drop_inside_a_task_does_not_wait_for_that_task() {
    check(|| {
        for workers in 1..=2 {
            let pool = pool(workers);
            let (give, given) = mpsc::channel::<ThreadPoolExecutor>();
            let dropper = pool.spawn(move || drop(given.recv().unwrap()));
            let counter = counting(&pool, 20);
            give.send(pool).unwrap();
            dropper.result().unwrap();
            assert_eq!(counter.load(Ordering::SeqCst), 20, "the drop has waited for the others");
        }
    });
}

#[test]
fn the_last_owner_may_be_a_task() {
    check(|| {
        for _ in 0..100 {
            let pool = Arc::new(pool(2));
            let inside = Arc::clone(&pool);
            let future = pool.spawn(move || drop(inside));
            drop(pool);
            future.result().unwrap();
        }
    });
}

#[test]
fn a_drop_inside_a_callback_does_not_hang() {
    check(|| {
        let pool = pool(1);
        let (give, given) = mpsc::channel::<ThreadPoolExecutor>();
        let held = hold(&pool);
        held.future.add_done_callback(move |_| drop(given.recv().unwrap()));
        let queued = pool.spawn(|| 1);
        let future = held.release();
        give.send(pool).unwrap();
        future.result().unwrap();
        assert_eq!(queued.result().unwrap(), 1);
    });
}

#[test]
fn a_drop_while_unwinding_still_waits() {
    check(|| {
        let pool = pool(1);
        let counter = counting(&pool, 50);
        let unwound = catch_unwind(AssertUnwindSafe(move || {
            let _owner = pool;
            panic!("with a pool on the stack");
        }));
        assert!(unwound.is_err());
        assert_eq!(counter.load(Ordering::SeqCst), 50);
    });
}

#[test]
fn a_drop_while_a_task_of_the_pool_unwinds_does_not_hang() {
    check(|| {
        let pool = Arc::new(pool(1));
        let inside = Arc::clone(&pool);
        let held = hold_then(&pool, move || {
            let _owner = inside;
            panic!("with its pool on the stack");
        });
        let counter = counting(&pool, 5);
        drop(pool);
        let future: Future<()> = held.release();
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Panicked);
        eventually(|| counter.load(Ordering::SeqCst) == 5);
    });
}

#[test]
fn a_drop_on_another_thread_waits_as_well() {
    check(|| {
        let pool = pool(2);
        let counter = counting(&pool, 50);
        thread::spawn(move || drop(pool)).join().unwrap();
        assert_eq!(counter.load(Ordering::SeqCst), 50);
    });
}

#[test]
fn a_pool_is_dropped_inside_a_task_of_another() {
    check(|| {
        let (outer, inner) = (pool(1), pool(1));
        let counter = counting(&inner, 20);
        outer.spawn(move || drop(inner)).result().unwrap();
        assert_eq!(counter.load(Ordering::SeqCst), 20);
    });
}

#[test]
fn two_pools_dropped_inside_each_others_tasks() {
    check(|| {
        let (one, other) = (pool(1), pool(1));
        let (give_other, given_other) = mpsc::channel::<ThreadPoolExecutor>();
        let (give_one, given_one) = mpsc::channel::<ThreadPoolExecutor>();
        let first = one.spawn(move || drop(given_other.recv().unwrap()));
        let second = other.spawn(|| 2);
        second.wait();
        give_other.send(other).unwrap();
        first.result().unwrap();
        let last = one.spawn(move || drop(given_one.recv().unwrap()));
        give_one.send(one).unwrap();
        last.result().unwrap();
        assert_eq!(second.result().unwrap(), 2);
    });
}

#[test]
fn a_pool_made_on_a_thread_that_ends_lives_on() {
    check(|| {
        let made = thread::spawn(|| {
            let pool = pool(1);
            let held = hold(&pool);
            (pool, held)
        });
        let (pool, held) = made.join().unwrap();
        held.release().result().unwrap();
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
    });
}

#[test]
fn pools_come_and_go() {
    check(|| {
        for round in 0..300_u32 {
            let pool = pool(2);
            let future = pool.spawn(move || round);
            drop(pool);
            assert_eq!(future.result().unwrap(), round);
        }
    });
}

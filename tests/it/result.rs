//! What a future says about its task, and when.

use std::cell::Cell;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use concurrent_futures::{Future, FutureState, SharedFuture, TaskErrorKind, promise};

use crate::pool::{hold, hold_then, pool};
use crate::watchdog::check;

#[test]
fn a_future_goes_from_pending_to_running_to_finished() {
    check(|| {
        let pool = pool(1);
        let running = hold(&pool);
        let pending = pool.spawn(|| ());
        assert_eq!(pending.state(), FutureState::Pending);
        assert_eq!((pending.running(), pending.done(), pending.cancelled()), (false, false, false));
        assert_eq!(running.future.state(), FutureState::Running);
        assert_eq!((running.future.running(), running.future.done()), (true, false));
        let finished = running.release();
        finished.wait();
        assert_eq!(finished.state(), FutureState::Finished);
        assert_eq!(
            (finished.running(), finished.done(), finished.cancelled()),
            (false, true, false)
        );
    });
}

#[test]
fn result_waits_for_a_task_that_runs() {
    check(|| {
        let pool = pool(1);
        let held = hold_then(&pool, || "late");
        let future = held.release();
        assert_eq!(future.result().unwrap(), "late");
    });
}

#[test]
fn every_waiting_thread_wakes() {
    check(|| {
        let pool = pool(1);
        let (future, release) = hold_then(&pool, || 3).into_parts();
        let shared = future.shared();
        let (at_the_wait, waiters) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..4 {
                let (shared, at_the_wait) = (shared.clone(), at_the_wait.clone());
                scope.spawn(move || {
                    at_the_wait.send(()).unwrap();
                    assert_eq!(*shared.result().unwrap(), 3);
                });
            }
            (0..4).for_each(|_| waiters.recv().unwrap());
            drop(release);
        });
    });
}

#[test]
fn try_result_hands_a_pending_future_back() {
    check(|| {
        let pool = pool(1);
        let held = hold_then(&pool, || 1);
        let future = pool.spawn(|| 2).try_result().expect_err("its worker is held");
        held.release();
        future.wait();
        assert_eq!(future.try_result().expect("it is done").unwrap(), 2);
    });
}

#[test]
fn peek_shows_the_result_without_taking_it() {
    check(|| {
        let pool = pool(1);
        let held = hold_then(&pool, || String::from("seen"));
        assert!(held.future.peek().is_none());
        let future = held.release();
        future.wait();
        assert_eq!(future.peek().expect("it is done").unwrap(), "seen");
        assert_eq!(future.peek().expect("it is still there").unwrap(), "seen");
        assert_eq!(future.result().unwrap(), "seen");
    });
}

#[test]
fn peek_shows_the_error() {
    check(|| {
        let future = pool(1).spawn(|| panic!("seen"));
        future.wait();
        let error = future.peek().expect("it is done").unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
    });
}

#[test]
fn exception_waits_and_says_none_for_a_success() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let failing = pool.spawn(|| panic!("told"));
        let future = held.release();
        assert!(future.exception().is_none());
        assert_eq!(failing.exception().expect("it panicked").kind(), TaskErrorKind::Panicked);
        assert!(failing.result().is_err(), "asking does not take the error away");
    });
}

#[test]
fn a_dropped_future_detaches_its_task() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let (ran, has_run) = mpsc::channel();
        drop(pool.spawn(move || ran.send(())));
        held.release();
        has_run.recv().expect("the task runs although nobody asks for its result");
    });
}

#[test]
fn a_future_moves_to_another_thread() {
    check(|| {
        let pool = pool(1);
        let future = pool.spawn(|| Cell::new(4));
        let seen = thread::spawn(move || future.result().unwrap().get()).join().unwrap();
        assert_eq!(seen, 4);
    });
}

#[test]
fn what_the_task_wrote_is_visible_after_its_result() {
    check(|| {
        let pool = pool(2);
        for round in 0..1000_u64 {
            let future = pool.spawn(move || vec![round; 16]);
            assert!(future.result().unwrap().iter().all(|&word| word == round));
        }
    });
}

#[test]
fn debug_shows_the_state_and_the_type_but_never_the_value() {
    struct Secret;
    check(|| {
        let pool = pool(1);
        let held = hold_then(&pool, || String::from("hunter2"));
        let running = format!("{:?}", held.future);
        assert!(running.contains("Running") && running.contains("String"), "{running}");
        let future = held.release();
        future.wait();
        let finished = format!("{future:?}");
        assert!(finished.contains("Finished"), "{finished}");
        assert!(!finished.contains("hunter2"), "{finished}");
        let secret: Future<Secret> = pool.spawn(|| Secret);
        assert!(format!("{secret:?}").contains("Secret"), "a result needs no Debug of its own");
        let shared = format!("{:?}", future.shared());
        assert!(shared.contains("Finished") && !shared.contains("hunter2"), "{shared}");
    });
}

#[test]
fn kill_cancels_what_is_queued_and_cannot_stop_a_thread() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let queued = pool.spawn(|| ());
        assert!(queued.kill());
        assert_eq!(queued.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
        assert!(!held.future.kill(), "nothing stops a thread");
        let finished = held.release();
        finished.wait();
        assert!(!finished.kill());
        finished.result().expect("the task was left alone");
    });
}

#[test]
fn futures_are_as_sendable_as_their_results() {
    const fn send<T: Send>() {}
    const fn sync<T: Sync>() {}
    const fn unpin<T: Unpin>() {}
    send::<Future<Cell<u8>>>();
    sync::<Future<u8>>();
    unpin::<Future<u8>>();
    send::<SharedFuture<u8>>();
    sync::<SharedFuture<u8>>();
}

#[test]
fn a_future_outlives_its_pool() {
    check(|| {
        let pool = pool(1);
        let future = pool.spawn(|| 6);
        drop(pool);
        assert!(future.done(), "dropping the pool has waited for the task");
        assert!(future.wait_timeout(Duration::ZERO).is_ok());
        assert_eq!(future.result().unwrap(), 6);
    });
}

#[test]
fn a_promise_needs_no_thread_to_be_waited_for() {
    check(|| {
        let (promise, future) = promise::<u8>();
        let setter = thread::spawn(move || promise.set_result(1).unwrap());
        assert_eq!(future.result().unwrap(), 1);
        setter.join().unwrap();
    });
}

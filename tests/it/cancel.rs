//! Cancelling: true means that the task never runs, and everybody knows at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use concurrent_futures::{
    Future, FutureState, ReturnWhen, Shutdown, TaskErrorKind, as_completed, wait,
};

use crate::pool::{hold, pool};
use crate::watchdog::check;

#[test]
fn a_pending_task_is_cancelled_and_never_runs() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let ran = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ran);
        let future = pool.spawn(move || flag.store(true, Ordering::SeqCst));
        assert!(future.cancel());
        assert!(future.cancel(), "a second time is true as well");
        assert!(future.cancelled() && future.done() && !future.running());
        assert_eq!(future.state(), FutureState::Cancelled);
        held.release();
        pool.shutdown();
        assert!(!ran.load(Ordering::SeqCst));
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
    });
}

#[test]
fn a_running_task_cannot_be_cancelled() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        assert!(!held.future.cancel());
        assert!(!held.future.cancelled());
        held.release().result().expect("the task was left alone");
    });
}

#[test]
fn a_finished_task_cannot_be_cancelled() {
    check(|| {
        let future = pool(1).spawn(|| 1);
        future.wait();
        assert!(!future.cancel());
        assert_eq!(future.result().unwrap(), 1);
    });
}

#[test]
fn a_panicked_task_cannot_be_cancelled() {
    check(|| {
        let future = pool(1).spawn(|| panic!("first"));
        future.wait();
        assert!(!future.cancel());
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Panicked);
    });
}

/// The worker is held throughout, so nobody but the caller of `cancel` can have told the waiters.
#[test]
fn everybody_sees_a_cancellation_while_the_workers_are_busy() {
    check(|| {
        let pool = pool(1);
        let _held = hold(&pool);
        let cancelled = |ask: fn(Future<()>) -> bool| {
            let future = pool.spawn(|| ());
            assert!(future.cancel());
            assert!(ask(future));
        };
        cancelled(|future| wait([future], ReturnWhen::AllCompleted).not_done.is_empty());
        cancelled(|future| as_completed([future]).next().is_some());
        cancelled(|future| future.result().is_err());
        cancelled(|future| future.exception().is_some());
        cancelled(|future| futures::executor::block_on(future).is_err());
        cancelled(|future| {
            future.wait();
            true
        });
        cancelled(|future| future.shared().result().is_err());
    });
}

#[test]
fn a_waiter_is_woken_by_the_cancellation() {
    check(|| {
        let pool = pool(1);
        let _held = hold(&pool);
        for _ in 0..200 {
            let shared = pool.spawn(|| ()).shared();
            let start = Barrier::new(2);
            let kind = thread::scope(|scope| {
                let waiter = scope.spawn(|| {
                    start.wait();
                    shared.result().unwrap_err().kind()
                });
                start.wait();
                assert!(shared.cancel());
                waiter.join().unwrap()
            });
            assert_eq!(kind, TaskErrorKind::Cancelled);
        }
    });
}

/// CPython leaves these waiters asleep for good.
#[test]
fn waiters_are_woken_by_a_cancelling_shutdown() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let futures: Vec<_> = (0..8).map(|_| pool.spawn(|| ())).collect();
        let (at_the_wait, waiting) = mpsc::channel();
        thread::scope(|scope| {
            for (index, future) in futures.into_iter().enumerate() {
                let at_the_wait = at_the_wait.clone();
                scope.spawn(move || {
                    at_the_wait.send(()).unwrap();
                    assert_eq!(kind_by(index, future), TaskErrorKind::Cancelled);
                });
            }
            (0..8).for_each(|_| waiting.recv().unwrap());
            pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
        });
        held.release();
    });
}

/// Asks for the error in one of the ways there are.
fn kind_by(way: usize, future: Future<()>) -> TaskErrorKind {
    let future = match way % 4 {
        0 => return futures::executor::block_on(future).unwrap_err().kind(),
        1 => wait([future], ReturnWhen::FirstCompleted).done.remove(0),
        2 => as_completed([future]).next().expect("cancelled is done"),
        _ => future,
    };
    future.result().unwrap_err().kind()
}

#[test]
fn cancelling_races_with_the_start_and_one_of_them_wins() {
    check(|| {
        let pool = pool(2);
        for _ in 0..2000 {
            let ran = Arc::new(AtomicBool::new(false));
            let flag = Arc::clone(&ran);
            let future = pool.spawn(move || flag.store(true, Ordering::SeqCst));
            let cancelled = future.cancel();
            let result = future.result();
            assert_eq!(cancelled, result.is_err());
            assert_eq!(cancelled, !ran.load(Ordering::SeqCst));
        }
    });
}

#[test]
fn two_threads_that_cancel_agree() {
    check(|| {
        let pool = pool(1);
        for _ in 0..500 {
            let shared = pool.spawn(|| ()).shared();
            let start = Barrier::new(2);
            let cancel = || {
                start.wait();
                shared.cancel()
            };
            let (one, other) = thread::scope(|scope| {
                let one = scope.spawn(cancel);
                let other = scope.spawn(cancel);
                (one.join().unwrap(), other.join().unwrap())
            });
            let cancelled = shared.result().is_err();
            assert!(cancelled || !(one || other), "true was said of a task that ran");
            assert_eq!(cancelled, one || other);
        }
    });
}

#[test]
fn a_task_cancels_another() {
    check(|| {
        let pool = pool(1);
        let (send, receive) = mpsc::channel::<Future<()>>();
        let canceller = pool.spawn(move || receive.recv().unwrap().cancel());
        send.send(pool.spawn(|| ())).unwrap();
        assert!(canceller.result().unwrap(), "one worker cannot have begun the second task");
    });
}

#[test]
fn cancelled_tasks_do_not_stop_those_behind_them() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let futures: Vec<_> = (0..1000).map(|number| pool.spawn(move || number)).collect();
        let cancelled = |index: usize| !index.is_multiple_of(3);
        for (index, future) in futures.iter().enumerate() {
            assert!(!cancelled(index) || future.cancel());
        }
        held.release();
        for (index, future) in futures.into_iter().enumerate() {
            assert_eq!(future.result().ok(), (!cancelled(index)).then_some(index));
        }
    });
}

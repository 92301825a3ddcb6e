//! The producer's half: what people who write executors build on.

use std::thread;

use concurrent_futures::{FutureState, Promise, TaskError, TaskErrorKind, promise};

use crate::watchdog::check;

#[test]
fn a_value_set_is_the_result() {
    let (promise, future) = promise();
    assert_eq!(future.state(), FutureState::Pending);
    promise.set_result(5).unwrap();
    assert_eq!(future.state(), FutureState::Finished);
    assert_eq!(future.result().unwrap(), 5);
}

#[test]
fn an_error_set_is_the_result() {
    let (promise, future) = promise::<()>();
    promise.set_exception(TaskError::failed("no luck")).unwrap();
    let error = future.result().unwrap_err();
    assert_eq!(error.kind(), TaskErrorKind::Failed);
    assert!(error.to_string().contains("no luck"));
}

#[test]
fn set_running_is_true_once() {
    let (promise, future) = promise();
    assert!(promise.set_running());
    assert!(future.running());
    assert!(!promise.set_running());
    assert!(!future.cancel(), "it runs");
    promise.set_result(1).unwrap();
    assert_eq!(future.result().unwrap(), 1);
}

#[test]
fn what_is_cancelled_does_not_run_and_takes_no_value() {
    let (promise, future) = promise();
    assert!(future.cancel());
    assert!(!promise.set_running());
    assert_eq!(promise.set_result(String::from("too late")).unwrap_err(), "too late");
    assert!(future.cancelled());
}

#[test]
fn what_is_cancelled_takes_no_error() {
    let (promise, future) = promise::<()>();
    assert!(future.cancel());
    let error = promise.set_exception(TaskError::failed("too late")).unwrap_err();
    assert!(error.to_string().contains("too late"));
    assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
}

#[test]
fn a_value_nobody_waits_for_is_accepted() {
    let (promise, future) = promise();
    drop(future);
    assert!(promise.set_running());
    promise.set_result(1).unwrap();
}

#[test]
fn a_promise_dropped_unset_abandons_its_future() {
    check(|| {
        for running in [false, true] {
            let (promise, future) = promise::<()>();
            assert!(!running || promise.set_running());
            let dropper = thread::spawn(move || drop(promise));
            assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Abandoned);
            dropper.join().unwrap();
        }
    });
}

#[test]
fn cancelling_a_future_outlives_its_promise() {
    let (promise, future) = promise::<()>();
    assert!(future.cancel());
    drop(promise);
    assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
}

#[test]
fn setting_races_with_cancelling_and_one_of_them_wins() {
    check(|| {
        for round in 0..1000 {
            let (promise, future) = promise();
            let setter = thread::spawn(move || promise.set_result(round));
            let cancelled = future.cancel();
            let set = setter.join().unwrap();
            assert_eq!(cancelled, set == Err(round));
            assert_eq!(cancelled, future.result().is_err());
        }
    });
}

#[test]
fn starting_races_with_cancelling_and_one_of_them_wins() {
    check(|| {
        for _ in 0..1000 {
            let (promise, future) = promise::<()>();
            let starter = thread::spawn(move || (promise.set_running(), promise));
            let cancelled = future.cancel();
            let (running, promise) = starter.join().unwrap();
            assert_ne!(cancelled, running);
            drop(promise);
        }
    });
}

#[test]
fn promises_are_sendable() {
    const fn send<T: Send>() {}
    const fn sync<T: Sync>() {}
    send::<Promise<u8>>();
    sync::<Promise<u8>>();
}

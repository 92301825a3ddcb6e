//! `SharedFuture`: one result, many readers.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use concurrent_futures::{ReturnWhen, TaskErrorKind, promise, wait};

use crate::pool::{hold, hold_then, pool};
use crate::watchdog::check;

#[test]
fn every_clone_reads_the_same_value() {
    check(|| {
        let shared = pool(1).spawn(|| String::from("once")).shared();
        let clone = shared.clone();
        let (one, other) = (shared.result().unwrap(), clone.result().unwrap());
        assert!(std::ptr::eq(one, other), "the value is not copied");
        assert_eq!(shared.result().unwrap(), "once", "reading takes nothing away");
    });
}

#[test]
fn every_clone_reads_the_same_error() {
    check(|| {
        let shared = pool(1).spawn(|| panic!("told to all")).shared();
        for reader in [&shared, &shared.clone()] {
            let error = reader.result().unwrap_err();
            assert_eq!(error.panic().unwrap().message(), "told to all");
        }
    });
}

#[test]
fn a_shared_future_waits_as_its_owner_did() {
    check(|| {
        let pool = pool(1);
        let (future, release) = hold_then(&pool, || 1).into_parts();
        let shared = future.shared();
        assert!(!shared.done() && !shared.cancelled() && shared.peek().is_none());
        assert!(shared.wait_timeout(Duration::ZERO).is_err());
        assert!(!shared.cancel(), "it runs");
        drop(release);
        shared.wait();
        assert!(shared.done());
        assert_eq!(*shared.peek().unwrap().unwrap(), 1);
    });
}

#[test]
fn any_clone_may_cancel() {
    check(|| {
        let pool = pool(1);
        let _held = hold(&pool);
        let shared = pool.spawn(|| ()).shared();
        assert!(shared.clone().cancel());
        assert!(shared.cancelled() && shared.done());
        assert_eq!(shared.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
    });
}

#[test]
fn callbacks_of_the_future_and_of_its_clones_run_in_one_order() {
    check(|| {
        let (promise, future) = promise::<()>();
        let (note, notes) = mpsc::channel();
        let noting = |what: &'static str| {
            let note = note.clone();
            move || note.send(what).unwrap()
        };
        let (first, second, third) = (noting("owner"), noting("shared"), noting("clone"));
        future.add_done_callback(move |_| first());
        let shared = future.shared();
        shared.add_done_callback(move |_| second());
        shared.clone().add_done_callback(move |_| third());
        promise.set_result(()).unwrap();
        assert_eq!(notes.try_iter().collect::<Vec<_>>(), ["owner", "shared", "clone"]);
    });
}

#[test]
fn the_last_clone_dropped_detaches() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let (ran, has_run) = mpsc::channel();
        let shared = pool.spawn(move || ran.send(())).shared();
        drop((shared.clone(), shared));
        held.release();
        has_run.recv().unwrap();
    });
}

#[test]
fn many_threads_read_while_it_finishes() {
    check(|| {
        let pool = pool(1);
        for round in 0..200 {
            let shared = pool.spawn(move || round).shared();
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| assert_eq!(*shared.result().unwrap(), round));
                }
            });
        }
    });
}

#[test]
fn a_done_future_may_still_be_shared() {
    check(|| {
        let future = pool(1).spawn(|| 2);
        future.wait();
        let shared = future.shared();
        let waited = wait([shared], ReturnWhen::AllCompleted);
        assert_eq!(*waited.done[0].result().unwrap(), 2);
    });
}

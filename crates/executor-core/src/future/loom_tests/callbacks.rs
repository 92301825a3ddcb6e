//! Callbacks run once each, in the order added, before any waiter goes, and a waiter sees what they
//! did; also if they are added while others run.

use std::sync::Arc as Shared;
use std::sync::Mutex as Notes;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use loom::thread;

use super::scene::{Tally, expect_panics, explore, run};

#[test]
fn run_before_waiters_who_see_what_they_did() {
    explore(|| {
        let tally = Tally::default();
        let (task, future) = tally.task();
        // Relaxed: only the end of the task orders the waiter after the callback.
        let seen = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&seen);
        future.add_done_callback(move |_| theirs.store(true, Relaxed));
        let worker = thread::spawn(move || run(task));
        future.wait();
        assert!(seen.load(Relaxed));
        drop(future);
        worker.join().unwrap();
        tally.settle();
    });
}

#[test]
fn keep_their_order() {
    explore(|| {
        let tally = Tally::default();
        let (task, future) = tally.task();
        let order = Shared::new(Notes::new(Vec::new()));
        let worker = thread::spawn(move || run(task));
        for n in 0..3 {
            let order = Shared::clone(&order);
            future.add_done_callback(move |_| order.lock().unwrap().push(n));
        }
        drop(future);
        worker.join().unwrap();
        let order = order.lock().unwrap();
        // Each of them once. Those that were queued before the end run on the worker, in order; one
        // that comes when the task is over runs here, and all that came before it have run then.
        assert_eq!(*order, [0, 1, 2]);
        tally.settle();
    });
}

/// A second thread adds a callback while the first one may be running.
#[test]
fn added_during_delivery_run_once() {
    explore(|| {
        let tally = Tally::default();
        let (task, future) = tally.task();
        let future = Arc::new(future);
        let theirs = tally.clone();
        future.add_done_callback(move |_| theirs.call());
        let worker = thread::spawn(move || run(task));
        let adder = {
            let (future, tally) = (Arc::clone(&future), tally.clone());
            thread::spawn(move || {
                let held = tally.token();
                let theirs = tally.clone();
                future.add_done_callback(move |_| {
                    drop(held);
                    theirs.call();
                });
            })
        };
        future.wait();
        assert!(tally.calls() >= 1);
        drop(future);
        worker.join().unwrap();
        adder.join().unwrap();
        assert_eq!(tally.calls(), 2);
        tally.settle();
    });
}

/// A callback that adds another to its own future, which runs at once, as the task is over for it.
#[test]
fn added_by_a_callback_run_once() {
    explore(|| {
        let tally = Tally::default();
        let (task, future) = tally.task();
        let future = Arc::new(future);
        let (theirs, own) = (tally.clone(), Arc::clone(&future));
        future.add_done_callback(move |_| {
            theirs.call();
            own.add_done_callback(move |_| theirs.call());
        });
        let worker = thread::spawn(move || run(task));
        drop(future);
        worker.join().unwrap();
        assert_eq!(tally.calls(), 2);
        tally.settle();
    });
}

#[test]
fn a_panic_strands_nobody() {
    explore(|| {
        let tally = Tally::default();
        let (task, future) = tally.task();
        let theirs = tally.clone();
        future.add_done_callback(|_| panic!("a callback's own"));
        future.add_done_callback(move |_| theirs.call());
        let worker = thread::spawn(move || run(task));
        future.wait();
        drop(future);
        worker.join().unwrap();
        assert_eq!(tally.calls(), 1);
        expect_panics(1);
        tally.settle();
    });
}

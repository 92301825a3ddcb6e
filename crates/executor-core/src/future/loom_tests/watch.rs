//! A scope sees a task out while the task ends and its future goes: the scope drops what is left of
//! the result, and the last of the three frees the cell.

use loom::thread;

use crate::future::rest::see_out;

use super::scene::{Tally, close, explore, run};

/// The future is dropped by another thread while the task ends and the scope waits.
#[test]
fn finish_against_see_out_against_drop() {
    explore(|| {
        let tally = Tally::default();
        let (task, future, watch) = tally.watched();
        let worker = thread::spawn(move || run(task));
        let user = thread::spawn(move || drop(future));
        see_out(watch.header());
        close(watch);
        worker.join().unwrap();
        user.join().unwrap();
        tally.settle();
    });
}

/// The future takes the result first; then the scope finds nothing to drop.
#[test]
fn result_before_close() {
    explore(|| {
        let tally = Tally::default();
        let (task, future, watch) = tally.watched();
        let worker = thread::spawn(move || run(task));
        assert!(future.result().is_ok());
        see_out(watch.header());
        close(watch);
        worker.join().unwrap();
        tally.settle();
    });
}

/// A future that is still there when the scope ends: its result is dropped by the scope, once.
#[test]
fn close_before_the_future_goes() {
    explore(|| {
        let tally = Tally::default();
        let (task, future, watch) = tally.watched();
        let worker = thread::spawn(move || run(task));
        see_out(watch.header());
        close(watch);
        tally.settle();
        drop(future);
        tally.settle();
        worker.join().unwrap();
    });
}

/// A watch whose task is settled is let go before the scope ends.
#[test]
fn settled_or_not() {
    explore(|| {
        let tally = Tally::default();
        let (task, future, watch) = tally.watched();
        let worker = thread::spawn(move || run(task));
        let user = thread::spawn(move || drop(future));
        if watch.settled() {
            close(watch);
        } else {
            drop(watch);
        }
        worker.join().unwrap();
        user.join().unwrap();
        tally.settle();
    });
}

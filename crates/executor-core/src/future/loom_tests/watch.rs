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
        let scope = thread::spawn(move || {
            see_out(watch.header());
            close(watch);
        });
        worker.join().unwrap();
        user.join().unwrap();
        scope.join().unwrap();
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
        let scope = thread::spawn(move || {
            assert!(future.result().is_ok());
            see_out(watch.header());
            close(watch);
        });
        worker.join().unwrap();
        scope.join().unwrap();
        tally.settle();
    });
}

/// A future that is forgotten inside the scope: the scope drops the result, and only the memory of
/// the cell is lost, as its owner wished.
#[test]
fn close_before_the_future_goes() {
    explore(|| {
        let tally = Tally::default();
        let (task, future, watch) = tally.watched();
        let worker = thread::spawn(move || run(task));
        let scope = thread::spawn(move || {
            see_out(watch.header());
            close(watch);
            tally.settle();
            drop(future);
            tally.settle();
        });
        worker.join().unwrap();
        scope.join().unwrap();
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
        let scope = thread::spawn(move || {
            if watch.settled() {
                close(watch);
            } else {
                drop(watch);
            }
        });
        worker.join().unwrap();
        user.join().unwrap();
        scope.join().unwrap();
        tally.settle();
    });
}

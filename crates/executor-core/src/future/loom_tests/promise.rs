//! A promise is set, or dropped unset, while its future is cancelled, dropped or waited for.

use loom::thread;

use crate::error::TaskErrorKind;
use crate::future::handle::Future;
use crate::future::promise::{Promise, promise};

use super::scene::{Tally, Token, block_on, explore};

type Maker = fn(Promise<Token>, &Tally);
type User = fn(Future<Token>, &Tally);

fn set(promise: Promise<Token>, tally: &Tally) {
    // Either way the value is dropped once: by the future, or here if it comes back.
    drop(promise.set_result(tally.token()));
}

fn begin_and_set(promise: Promise<Token>, tally: &Tally) {
    if promise.set_running() {
        assert!(promise.set_result(tally.token()).is_ok(), "nobody cancels what runs");
    } else {
        assert!(promise.set_result(tally.token()).is_err(), "it was cancelled");
    }
}

fn begin_and_drop(promise: Promise<Token>, _: &Tally) {
    let _begun = promise.set_running();
}

fn abandon(promise: Promise<Token>, _: &Tally) {
    drop(promise);
}

fn every_way(user: User) {
    for maker in [set, begin_and_set, begin_and_drop, abandon] as [Maker; 4] {
        explore(move || {
            let tally = Tally::default();
            let (promise, future) = promise();
            let producer = {
                let tally = tally.clone();
                thread::spawn(move || maker(promise, &tally))
            };
            user(future, &tally);
            producer.join().unwrap();
            tally.settle();
        });
    }
}

#[test]
fn result() {
    every_way(|future, _| match future.result() {
        Ok(token) => drop(token),
        Err(error) => assert_eq!(error.kind(), TaskErrorKind::Abandoned),
    });
}

#[test]
fn cancel() {
    every_way(|future, _| {
        let cancelled = future.cancel();
        let outcome = future.result();
        let kind = outcome.err().map(|error| error.kind());
        assert_eq!(cancelled, kind == Some(TaskErrorKind::Cancelled));
    });
}

#[test]
fn cancel_with_callback() {
    every_way(|future, tally| {
        let theirs = tally.clone();
        future.add_done_callback(move |_| theirs.call());
        if future.cancel() {
            assert_eq!(tally.calls(), 1, "a cancellation is complete when it returns");
        }
    });
}

#[test]
fn drop_of_the_future() {
    every_way(|future, _| drop(future));
}

#[test]
fn awaiting() {
    every_way(|future, _| drop(block_on(future)));
}

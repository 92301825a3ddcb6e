//! Three threads at one task: one runs it, and two others that share its future do whatever may
//! come in the way of each other.

use std::time::Duration;

use loom::sync::Arc;
use loom::thread;

use crate::future::cell::claim;
use crate::future::handle::Future;

use super::scene::{Tally, Token, explore, lightly, run};

type User = fn(&Future<Token>, &Tally);

fn at_once(first: User, second: User) {
    explore(move || {
        let tally = Tally::default();
        let (task, future) = tally.task();
        let future = Arc::new(future);
        let worker = thread::spawn(move || run(task));
        let other = {
            let (future, tally) = (Arc::clone(&future), tally.clone());
            thread::spawn(move || second(&future, &tally))
        };
        first(&future, &tally);
        drop(future);
        worker.join().unwrap();
        other.join().unwrap();
        tally.settle();
    });
}

fn cancel(future: &Future<Token>, tally: &Tally) {
    if future.cancel() {
        assert_eq!(tally.runs(), 0, "a cancelled task never runs");
    }
}

fn wait(future: &Future<Token>, tally: &Tally) {
    future.wait();
    let outcome = future.peek().expect("a released future shows its outcome");
    assert_eq!(outcome.is_ok(), tally.runs() == 1);
}

fn wait_a_moment(future: &Future<Token>, _: &Tally) {
    let _either = future.wait_timeout(Duration::from_hours(1));
}

fn call_back(future: &Future<Token>, tally: &Tally) {
    let (theirs, held) = (tally.clone(), tally.token());
    future.add_done_callback(move |_| {
        drop(held);
        theirs.call();
    });
}

fn claim_in_place(future: &Future<Token>, _: &Tally) {
    if let Some(started) = claim(future.ticket().header()) {
        started.execute(2).finish();
    }
}

#[test]
fn cancel_and_wait() {
    at_once(cancel, wait);
}

#[test]
fn cancel_and_time_out() {
    at_once(cancel, wait_a_moment);
}

#[test]
fn cancel_and_call_back() {
    at_once(cancel, call_back);
}

#[test]
fn cancel_and_cancel() {
    at_once(cancel, cancel);
}

#[test]
fn claim_and_cancel() {
    at_once(claim_in_place, cancel);
}

#[test]
fn claim_and_wait() {
    at_once(claim_in_place, wait);
}

/// One of the largest of these models: one preemption fewer.
#[test]
fn wait_and_wait() {
    lightly(|| at_once(wait, wait));
}

#[test]
fn wait_and_time_out() {
    lightly(|| at_once(wait, wait_a_moment));
}

#[test]
fn wait_and_call_back() {
    at_once(wait, call_back);
}

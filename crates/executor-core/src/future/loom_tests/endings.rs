//! Every way in which a task ends, on one thread, against every way in which its future is used, on
//! another. Each closure and each result is dropped once, the cell is freed once, and whoever waits
//! is let go.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use loom::thread;

use crate::error::{TaskError, TaskErrorKind};
use crate::future::cell::{TaskRef, claim};
use crate::future::handle::Future;

use super::scene::{Tally, Token, block_on, explore, run};

const LATER: Duration = Duration::from_hours(1);

/// What the executor's side does with the task.
const ENDINGS: [fn(TaskRef); 4] = [run, cancel, refuse, drop];

fn cancel(task: TaskRef) {
    task.cancel(|| ());
}

fn refuse(task: TaskRef) {
    task.refuse(TaskError::shut_down(), || ());
}

fn against_every_ending(user: fn(Future<Token>, &Tally)) {
    for ending in ENDINGS {
        explore(move || {
            let tally = Tally::default();
            let (task, future) = tally.task();
            let executor = thread::spawn(move || ending(task));
            user(future, &tally);
            executor.join().unwrap();
            tally.settle();
        });
    }
}

/// The outcome is a result exactly if the task ran.
fn look(outcome: &Result<Token, TaskError>, tally: &Tally) {
    assert_eq!(outcome.is_ok(), tally.runs() == 1);
}

#[test]
fn result() {
    against_every_ending(|future, tally| look(&future.result(), tally));
}

#[test]
fn try_result() {
    against_every_ending(|future, tally| match future.try_result() {
        Ok(outcome) => look(&outcome, tally),
        Err(future) => drop(future),
    });
}

#[test]
fn wait_and_drop() {
    against_every_ending(|future, tally| {
        future.wait();
        assert_eq!(future.peek().expect("it is over").is_ok(), tally.runs() == 1);
    });
}

#[test]
fn timeout_then_drop() {
    against_every_ending(|future, _| {
        let _either = future.wait_timeout(LATER);
    });
}

#[test]
fn timeout_then_result() {
    against_every_ending(|future, tally| match future.result_timeout(LATER) {
        Ok(outcome) => look(&outcome, tally),
        Err(timed_out) => look(&timed_out.into_inner().result(), tally),
    });
}

#[test]
fn drop_of_the_handle() {
    against_every_ending(|future, _| drop(future));
}

#[test]
fn callback() {
    against_every_ending(|future, tally| {
        let (theirs, held) = (tally.clone(), tally.token());
        future.add_done_callback(move |_| {
            drop(held);
            theirs.call();
        });
        future.wait();
        assert_eq!(tally.calls(), 1, "the callback has run before the waiter goes");
    });
}

#[test]
fn callback_then_drop() {
    for ending in ENDINGS {
        explore(move || {
            let tally = Tally::default();
            let (task, future) = tally.task();
            let executor = thread::spawn(move || ending(task));
            let (theirs, held) = (tally.clone(), tally.token());
            future.add_done_callback(move |_| {
                drop(held);
                theirs.call();
            });
            drop(future);
            executor.join().unwrap();
            assert_eq!(tally.calls(), 1);
            tally.settle();
        });
    }
}

#[test]
fn awaiting() {
    against_every_ending(|future, tally| look(&block_on(future), tally));
}

#[test]
fn poll_then_drop() {
    against_every_ending(|mut future, tally| {
        if let Poll::Ready(outcome) = poll(&mut future) {
            look(&outcome, tally);
        }
    });
}

/// The waker of the first poll is replaced by the second's, and a thread waits as well.
#[test]
fn poll_twice_then_wait() {
    against_every_ending(|mut future, _| {
        if poll(&mut future).is_pending() && poll(&mut future).is_pending() {
            future.wait();
        }
    });
}

fn poll(future: &mut Future<Token>) -> Poll<Result<Token, TaskError>> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn cancel_then_result() {
    against_every_ending(|future, tally| {
        let cancelled = future.cancel();
        assert!(!cancelled || future.cancel(), "a cancelled task stays cancelled");
        let outcome = future.result();
        look(&outcome, tally);
        let kind = outcome.err().map(|error| error.kind());
        assert!(!cancelled || kind == Some(TaskErrorKind::Cancelled));
    });
}

#[test]
fn cancel_then_drop() {
    against_every_ending(|future, _| {
        let _either = future.cancel();
    });
}

/// The waiter runs the task in place, while a worker finds the tombstone in its queue.
#[test]
fn claim_then_result() {
    against_every_ending(|future, tally| {
        claim_in_place(&future);
        look(&future.result(), tally);
    });
}

#[test]
fn claim_then_drop() {
    against_every_ending(|future, _| claim_in_place(&future));
}

fn claim_in_place(future: &Future<Token>) {
    if let Some(started) = claim(future.ticket().header()) {
        started.execute(2).finish();
        assert!(future.done());
    }
}

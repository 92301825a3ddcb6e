//! Waiting for several futures: a set hears of every end once, whatever the order, and leaves no
//! trace in the lists of those it stops listening to.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use loom::thread;

use crate::future::as_completed::as_completed;
use crate::future::handle::Future;
use crate::future::wait::{ReturnWhen, wait, wait_timeout};

use super::scene::{Tally, Token, block_on, explore, lightly, run};

const LATER: Duration = Duration::from_hours(1);

/// Two tasks that two workers run.
fn gather(user: fn(Vec<Future<Token>>)) {
    explore(move || {
        let tallies = [Tally::default(), Tally::default()];
        let (tasks, futures): (Vec<_>, Vec<_>) = tallies.iter().map(Tally::task).unzip();
        let workers: Vec<_> = tasks.into_iter().map(|task| thread::spawn(|| run(task))).collect();
        user(futures);
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        tallies.iter().for_each(Tally::settle);
    });
}

/// Two tasks that one worker runs one after the other.
fn gather_in_turn(user: fn(Vec<Future<Token>>)) {
    explore(move || {
        let tallies = [Tally::default(), Tally::default()];
        let (tasks, futures): (Vec<_>, Vec<_>) = tallies.iter().map(Tally::task).unzip();
        let worker = thread::spawn(|| tasks.into_iter().for_each(run));
        user(futures);
        worker.join().unwrap();
        tallies.iter().for_each(Tally::settle);
    });
}

#[test]
fn all() {
    gather(|futures| {
        let waited = wait(futures, ReturnWhen::AllCompleted);
        assert_eq!((waited.done.len(), waited.not_done.len()), (2, 0));
    });
}

/// One of the largest of these models: one preemption fewer.
#[test]
fn the_first() {
    lightly(|| {
        gather(|futures| {
            let waited = wait(futures, ReturnWhen::FirstCompleted);
            assert!(!waited.done.is_empty());
        });
    });
}

#[test]
fn all_in_turn() {
    gather_in_turn(|futures| {
        let waited = wait(futures, ReturnWhen::AllCompleted);
        assert_eq!((waited.done.len(), waited.not_done.len()), (2, 0));
    });
}

#[test]
fn the_first_in_turn() {
    gather_in_turn(|futures| {
        let waited = wait(futures, ReturnWhen::FirstCompleted);
        assert!(!waited.done.is_empty());
    });
}

#[test]
fn a_timeout() {
    gather_in_turn(|futures| {
        let waited = wait_timeout(futures, LATER, ReturnWhen::AllCompleted);
        assert_eq!(waited.done.len() + waited.not_done.len(), 2);
    });
}

#[test]
fn each_once() {
    gather_in_turn(|futures| assert_eq!(as_completed(futures).count(), 2));
}

#[test]
fn each_once_from_two_workers() {
    gather(|futures| assert_eq!(as_completed(futures).count(), 2));
}

#[test]
fn one_and_drop() {
    gather_in_turn(|futures| {
        let mut completed = as_completed(futures);
        assert!(completed.next().is_some());
        assert_eq!(completed.into_pending().len(), 1);
    });
}

#[test]
fn drop_at_once() {
    gather_in_turn(|futures| drop(as_completed(futures)));
}

/// After a deadline the same iterator goes on, and the end that came meanwhile is not lost.
#[test]
fn a_timeout_in_between() {
    gather_in_turn(|futures| {
        let mut completed = as_completed(futures);
        let early = completed.next_timeout(LATER).is_ok();
        let late = completed.count();
        assert_eq!(usize::from(early) + late, 2);
    });
}

/// The same for async code: the set wakes the task that polled it last.
#[test]
fn each_once_awaited() {
    gather_in_turn(|futures| {
        let mut stream = as_completed(futures).into_stream();
        let mut count = 0;
        while block_on(poll_fn(|cx| Pin::new(&mut stream).poll_next(cx))).is_some() {
            count += 1;
        }
        assert_eq!(count, 2);
    });
}

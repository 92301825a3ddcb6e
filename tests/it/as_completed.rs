//! `as_completed`: the done ones first, then each as it finishes.

use std::collections::HashSet;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use concurrent_futures::{Future, Promise, TaskErrorKind, as_completed, promise};
use futures::StreamExt;
use futures::executor::block_on;

use crate::pool::{hold, pool};
use crate::watchdog::check;

fn promises(count: usize) -> (Vec<Option<Promise<usize>>>, Vec<Future<usize>>) {
    (0..count).map(|_| promise()).map(|(promise, future)| (Some(promise), future)).unzip()
}

fn set(promises: &mut [Option<Promise<usize>>], index: usize) {
    promises[index].take().expect("set once").set_result(index).unwrap();
}

#[test]
fn every_future_comes_once() {
    check(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..100_usize).map(|number| pool.spawn(move || number)).collect();
        let results: Vec<usize> = as_completed(futures).map(|f| f.result().unwrap()).collect();
        assert_eq!(results.len(), 100);
        assert_eq!(results.into_iter().collect::<HashSet<_>>(), (0..100).collect());
    });
}

#[test]
fn those_done_already_come_first_in_the_order_given_then_by_completion() {
    check(|| {
        let (mut promises, futures) = promises(6);
        for index in [5, 1, 3] {
            set(&mut promises, index);
        }
        let mut completed = as_completed(futures);
        for index in [4, 0, 2] {
            set(&mut promises, index);
        }
        let order: Vec<usize> = completed.by_ref().map(|f| f.result().unwrap()).collect();
        assert_eq!(order, [1, 3, 5, 4, 0, 2]);
        assert!(completed.next().is_none(), "it stays at its end");
    });
}

#[test]
fn each_comes_while_others_still_run() {
    check(|| {
        let (mut promises, futures) = promises(3);
        let mut completed = as_completed(futures);
        for index in [1, 2, 0] {
            set(&mut promises, index);
            assert_eq!(completed.next().unwrap().result().unwrap(), index);
        }
    });
}

#[test]
fn it_listens_from_the_call_on() {
    check(|| {
        let (mut promises, futures) = promises(2);
        let completed = as_completed(&futures);
        set(&mut promises, 1);
        set(&mut promises, 0);
        let order: Vec<_> = completed.map(|future| *future.peek().unwrap().unwrap()).collect();
        assert_eq!(order, [1, 0], "in order of completion, not as given");
    });
}

#[test]
fn duplicates_come_once() {
    check(|| {
        let (mut promises, futures) = promises(2);
        let twice = as_completed([&futures[0], &futures[1], &futures[0]]);
        assert_eq!(twice.pending(), 2);
        set(&mut promises, 0);
        set(&mut promises, 1);
        assert_eq!(twice.count(), 2);
        let shared = promise_done().shared();
        assert_eq!(as_completed([shared.clone(), shared.clone(), shared]).count(), 1);
    });
}

fn promise_done() -> Future<()> {
    let (promise, future) = promise();
    promise.set_result(()).unwrap();
    future
}

#[test]
fn nothing_given_is_nothing_yielded() {
    check(|| {
        let mut empty = as_completed(Vec::<Future<()>>::new());
        assert_eq!(empty.pending(), 0);
        assert!(empty.next_timeout(Duration::ZERO).unwrap().is_none());
        assert!(empty.next().is_none());
    });
}

#[test]
fn pending_counts_what_has_not_been_yielded() {
    check(|| {
        let (mut promises, futures) = promises(3);
        let mut completed = as_completed(futures);
        assert_eq!(completed.pending(), 3);
        set(&mut promises, 2);
        completed.next().unwrap();
        assert_eq!(completed.pending(), 2);
        let left = completed.into_pending();
        assert_eq!(left.len(), 2);
        set(&mut promises, 0);
        set(&mut promises, 1);
        let results: HashSet<usize> = left.into_iter().map(|f| f.result().unwrap()).collect();
        assert_eq!(results, HashSet::from([0, 1]));
    });
}

#[test]
fn failures_and_cancellations_are_completions() {
    check(|| {
        let pool = pool(1);
        let failed = pool.spawn(|| panic!("a completion"));
        failed.wait();
        let held = hold(&pool);
        let cancelled = pool.spawn(|| ());
        let mut completed = as_completed([&cancelled, &failed]);
        assert!(std::ptr::eq(completed.next().unwrap(), &failed));
        assert!(cancelled.cancel());
        assert!(std::ptr::eq(completed.next().unwrap(), &cancelled));
        drop(completed);
        held.release();
        assert_eq!(cancelled.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
    });
}

#[test]
fn an_iterator_dropped_early_leaves_the_futures_alone() {
    check(|| {
        let (mut promises, futures) = promises(2);
        let mut completed = as_completed(&futures);
        set(&mut promises, 0);
        completed.next().unwrap();
        drop(completed);
        set(&mut promises, 1);
        assert!(futures.iter().all(|future| *future.peek().unwrap().unwrap() < 2));
    });
}

#[test]
fn two_iterators_over_the_same_futures_do_not_disturb_each_other() {
    check(|| {
        let (mut promises, futures) = promises(3);
        let (one, other) = (as_completed(&futures), as_completed(&futures));
        for index in [2, 0, 1] {
            set(&mut promises, index);
        }
        let order = |all: concurrent_futures::AsCompleted<&Future<usize>>| -> Vec<usize> {
            all.map(|future| *future.peek().unwrap().unwrap()).collect()
        };
        assert_eq!(order(one), [2, 0, 1]);
        assert_eq!(order(other), [2, 0, 1]);
    });
}

#[test]
fn very_many_complete_in_the_worst_order() {
    check(|| {
        let (mut promises, futures) = promises(100_000);
        let completed = as_completed(futures);
        let setter = thread::spawn(move || {
            (0..100_000).rev().for_each(|index| set(&mut promises, index));
        });
        let order = completed.map(|future| future.result().unwrap());
        assert!(order.eq((0..100_000).rev()));
        setter.join().unwrap();
    });
}

#[test]
fn the_stream_yields_the_same() {
    check(|| {
        let (mut promises, futures) = promises(3);
        let stream = as_completed(futures).into_stream();
        let (begin, begun) = mpsc::channel();
        let setter = thread::spawn(move || {
            begun.recv().unwrap();
            for index in [1, 2, 0] {
                set(&mut promises, index);
            }
        });
        begin.send(()).unwrap();
        let order: Vec<usize> =
            block_on(stream.map(|future: Future<usize>| future.result().unwrap()).collect());
        assert_eq!(order, [1, 2, 0]);
        setter.join().unwrap();
    });
}

#[test]
fn the_stream_may_follow_the_iterator() {
    check(|| {
        let (mut promises, futures) = promises(2);
        let mut completed = as_completed(futures);
        set(&mut promises, 1);
        assert_eq!(completed.next().unwrap().result().unwrap(), 1);
        set(&mut promises, 0);
        let rest: Vec<Future<usize>> = block_on(completed.into_stream().collect());
        assert_eq!(rest.len(), 1);
    });
}

#[test]
fn futures_are_added_to_no_list_for_good() {
    check(|| {
        let (mut promises, futures) = promises(1);
        for _ in 0..10_000 {
            let mut completed = as_completed(&futures);
            assert!(completed.next_timeout(Duration::ZERO).is_err());
        }
        set(&mut promises, 0);
        assert_eq!(as_completed(&futures).count(), 1);
    });
}

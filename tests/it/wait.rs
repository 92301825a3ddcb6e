//! `wait`: who is done, who is not, both in the order given.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    Executor, Future, Promise, ReturnWhen, SequentialExecutor, TaskError, Waited, promise, wait,
    wait_timeout,
};

use crate::pool::{hold, pool};
use crate::watchdog::check;

fn promises(count: usize) -> (Vec<Promise<usize>>, Vec<Future<usize>>) {
    (0..count).map(|_| promise()).unzip()
}

/// The positions of the futures of `some` among `all`.
fn positions(some: &[&Future<usize>], all: &[Future<usize>]) -> Vec<usize> {
    let position = |&one: &&Future<usize>| all.iter().position(|other| std::ptr::eq(one, other));
    some.iter().map(|one| position(one).expect("it is one of them")).collect()
}

#[test]
fn all_completed_waits_for_every_one() {
    check(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..50_usize).map(|number| pool.spawn(move || number)).collect();
        let waited = wait(futures, ReturnWhen::AllCompleted);
        assert!(waited.not_done.is_empty());
        let results: Vec<usize> = waited.done.into_iter().map(|f| f.result().unwrap()).collect();
        assert_eq!(results, (0..50).collect::<Vec<_>>(), "in the order given");
    });
}

#[test]
fn both_halves_are_in_the_order_given() {
    check(|| {
        let (mut promises, futures) = promises(6);
        for index in [4, 1] {
            promises.remove(index).set_result(index).unwrap();
        }
        let Waited { done, not_done } = wait(&futures, ReturnWhen::FirstCompleted);
        assert_eq!(positions(&done, &futures), [1, 4]);
        assert_eq!(positions(&not_done, &futures), [0, 2, 3, 5]);
    });
}

#[test]
fn nothing_to_wait_for_returns_at_once() {
    check(|| {
        use ReturnWhen::{AllCompleted, FirstCompleted, FirstException};
        for when in [AllCompleted, FirstCompleted, FirstException] {
            let waited = wait(Vec::<Future<()>>::new(), when);
            assert!(waited.done.is_empty() && waited.not_done.is_empty());
        }
    });
}

#[test]
fn first_completed_returns_with_the_first() {
    check(|| {
        let pool = pool(1);
        let (_promise, never) = promise();
        let soon = pool.spawn(|| 1);
        let waited = wait([never, soon], ReturnWhen::FirstCompleted);
        assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
        assert_eq!(waited.done.into_iter().next().unwrap().result().unwrap(), 1);
    });
}

#[test]
fn first_exception_returns_with_the_first_failure() {
    check(|| {
        let pool = pool(1);
        let (_promise, never) = promise();
        let good = pool.spawn(|| 1);
        let bad = pool.spawn(|| panic!("the first"));
        let waited = wait([&never, &good, &bad], ReturnWhen::FirstException);
        assert_eq!((waited.done.len(), waited.not_done.len()), (2, 1));
        assert!(waited.done[1].exception().is_some());
    });
}

#[test]
fn first_exception_sees_a_failure_that_came_before() {
    check(|| {
        let (_promise, never) = promise::<usize>();
        let (failed, bad) = promise();
        failed.set_exception(TaskError::failed("before")).unwrap();
        let waited = wait([never, bad], ReturnWhen::FirstException);
        assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
    });
}

#[test]
fn first_exception_without_one_waits_for_all() {
    check(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..20_usize).map(|number| pool.spawn(move || number)).collect();
        let waited = wait(&futures, ReturnWhen::FirstException);
        assert_eq!((waited.done.len(), waited.not_done.len()), (20, 0));
    });
}

#[test]
fn a_cancellation_is_no_exception() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let (cancelled, queued) = (pool.spawn(|| ()), pool.spawn(|| ()));
        assert!(cancelled.cancel());
        let both = [cancelled, queued];
        let waited = wait_timeout(&both, Duration::ZERO, ReturnWhen::FirstException);
        assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
        held.release();
        let waited = wait(&both, ReturnWhen::FirstException);
        assert_eq!(waited.done.len(), 2, "the cancelled one has not ended the wait");
    });
}

#[test]
fn the_same_future_given_twice_counts_once() {
    check(|| {
        let (promise, future) = promise();
        let (_other, never) = promise_of_unit();
        promise.set_result(()).unwrap();
        let waited = wait([&future, &never, &future, &never], ReturnWhen::FirstCompleted);
        assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
        let shared = future.shared();
        let waited = wait([shared.clone(), shared.clone()], ReturnWhen::AllCompleted);
        assert_eq!(waited.done.len(), 1);
    });
}

fn promise_of_unit() -> (Promise<()>, Future<()>) {
    promise()
}

#[test]
fn futures_of_several_executors_mix() {
    check(|| {
        let (one, other) = (pool(1), pool(1));
        let (promise, promised) = promise();
        promise.set_result(4).unwrap();
        let sequential = SequentialExecutor::new().submit(|n: u32| n, 3);
        let futures = [one.spawn(|| 1), other.spawn(|| 2), sequential, promised];
        let waited = wait(futures, ReturnWhen::AllCompleted);
        let results: Vec<u32> = waited.done.into_iter().map(|f| f.result().unwrap()).collect();
        assert_eq!(results, [1, 2, 3, 4]);
    });
}

#[test]
fn shared_futures_are_waited_for_by_many() {
    check(|| {
        let pool = pool(1);
        let (future, release) = hold(&pool).into_parts();
        let shared = future.shared();
        let start = Barrier::new(4);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    start.wait();
                    let waited = wait([shared.clone()], ReturnWhen::AllCompleted);
                    assert_eq!(waited.done.len(), 1);
                });
            }
            start.wait();
            drop(release);
        });
    });
}

#[test]
fn a_wait_sees_a_completion_from_any_thread() {
    check(|| {
        for round in 0..300 {
            let (promises, futures) = promises(8);
            let setter = thread::spawn(move || {
                for (index, promise) in promises.into_iter().enumerate() {
                    promise.set_result(index).unwrap();
                }
            });
            let when =
                if round % 2 == 0 { ReturnWhen::FirstCompleted } else { ReturnWhen::AllCompleted };
            let waited = wait(&futures, when);
            assert_eq!(waited.done.len() + waited.not_done.len(), 8);
            assert!(!waited.done.is_empty());
            assert!(round % 2 == 0 || waited.done.len() == 8);
            setter.join().unwrap();
        }
    });
}

#[test]
fn a_promise_dropped_unset_ends_the_wait() {
    check(|| {
        let (promises, futures) = promises(3);
        drop(promises);
        let waited = wait(&futures, ReturnWhen::AllCompleted);
        assert_eq!(waited.done.len(), 3);
    });
}

#[test]
fn waiting_for_very_many_is_not_quadratic() {
    check(|| {
        let (promises, futures) = promises(100_000);
        let setter = thread::spawn(move || {
            promises.into_iter().rev().for_each(|promise| promise.set_result(0).unwrap());
        });
        assert_eq!(wait(&futures, ReturnWhen::AllCompleted).done.len(), 100_000);
        setter.join().unwrap();
    });
}

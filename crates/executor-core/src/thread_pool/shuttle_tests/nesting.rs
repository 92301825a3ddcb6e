//! Tasks that wait for tasks of their own pool, in every way there is, with as few workers as there
//! can be: everybody gets an answer.

use std::time::Duration;

use shuttle::rand::{Rng, thread_rng};

use crate::{ReturnWhen, ThreadPoolHandle, as_completed, blocking, promise, wait, wait_timeout};

use super::model::{explore, pool};

/// A chain of tasks, each of which waits for the next.
fn chain(pool: &ThreadPoolHandle, length: usize) -> usize {
    if length == 0 {
        return 0;
    }
    let next = pool.clone();
    1 + pool.spawn(move || chain(&next, length - 1)).result().unwrap()
}

#[test]
fn chains() {
    for workers in 1..=2 {
        explore(move || {
            let pool = pool(workers);
            let handle = pool.handle();
            let outer = pool.spawn(move || chain(&handle, 4));
            assert_eq!(outer.result().unwrap(), 4);
        });
    }
}

#[test]
fn two_chains_at_once() {
    explore(|| {
        let pool = pool(2);
        let start = |_| {
            let handle = pool.handle();
            pool.spawn(move || chain(&handle, 3))
        };
        let both: Vec<_> = (0..2).map(start).collect();
        both.into_iter().for_each(|chain| assert_eq!(chain.result().unwrap(), 3));
    });
}

/// A tree whose shape and whose ways of waiting are drawn at random; returns how many nodes it has,
/// as those nodes say and as they were planted.
fn tree(pool: &ThreadPoolHandle, depth: usize) -> (usize, usize) {
    let branches = if depth == 0 { 0 } else { thread_rng().gen_range(0..=2_usize) };
    let plant = |_| {
        let inner = pool.clone();
        pool.spawn(move || tree(&inner, depth - 1))
    };
    let mut children: Vec<_> = (0..branches).map(plant).collect();
    match thread_rng().gen_range(0..4) {
        0 => {}
        1 => children = wait(children, ReturnWhen::AllCompleted).done,
        2 => children = as_completed(children).collect(),
        _ => {
            let waited = wait(children, ReturnWhen::FirstCompleted);
            children = waited.done.into_iter().chain(waited.not_done).collect();
        }
    }
    let sums = children.into_iter().map(|child| child.result().unwrap());
    let (said, planted) = sums.fold((0, 0), |sum, more| (sum.0 + more.0, sum.1 + more.1));
    (said + 1, planted + branches)
}

#[test]
fn random_trees() {
    for workers in 1..=3 {
        explore(move || {
            let pool = pool(workers);
            let handle = pool.handle();
            let (said, planted) = pool.spawn(move || tree(&handle, 3)).result().unwrap();
            assert_eq!(said, planted + 1);
        });
    }
}

/// A wait with a deadline never runs the task in place, but does not keep it from being run either.
#[test]
fn deadlines() {
    for workers in 1..=2 {
        explore(move || {
            let pool = pool(workers);
            let handle = pool.handle();
            let outer = pool.spawn(move || {
                let hour = Duration::from_hours(1);
                let first = handle.spawn(|| 1).result_timeout(hour);
                let first = first.unwrap_or_else(|late| late.into_inner().result()).unwrap();
                let both = [handle.spawn(|| 2), handle.spawn(|| 3)];
                let waited = wait_timeout(both, hour, ReturnWhen::AllCompleted);
                let all = waited.done.into_iter().chain(waited.not_done);
                first + all.map(|future| future.result().unwrap()).sum::<i32>()
            });
            assert_eq!(outer.result().unwrap(), 6);
        });
    }
}

/// What the library does not know as a wait, the task says.
#[test]
fn foreign_waits() {
    explore(|| {
        let pool = pool(1);
        let (send, receive) = shuttle::sync::mpsc::channel();
        let waits = pool.spawn(move || blocking(|| receive.recv().unwrap()));
        let sends = pool.spawn(move || send.send(9).unwrap());
        assert_eq!(waits.result().unwrap(), 9);
        sends.result().unwrap();
    });
}

/// A task of one pool waits for a task of another, which waits for one of the first.
#[test]
fn two_pools() {
    explore(|| {
        let (one, two) = (pool(1), pool(1));
        let (first, second) = (one.handle(), two.handle());
        let outer = one.spawn(move || {
            let back = first.clone();
            let inner = second.spawn(move || back.spawn(|| 5).result().unwrap());
            inner.result().unwrap()
        });
        assert_eq!(outer.result().unwrap(), 5);
    });
}

/// A task waits for a promise that a later task keeps.
#[test]
fn promises() {
    explore(|| {
        let pool = pool(1);
        let (promise, future) = promise();
        let waits = pool.spawn(move || future.result().unwrap());
        let keeps = pool.spawn(move || promise.set_result(4).unwrap());
        assert_eq!(waits.result().unwrap(), 4);
        keeps.result().unwrap();
    });
}

//! `map`, `wait` and `as_completed` over tasks that run meanwhile, from outside and from inside.

use shuttle::thread;

use crate::{ReturnWhen, TaskErrorKind, as_completed, wait};

use super::model::{Tally, explore, pool};

#[test]
fn a_map_in_order() {
    for workers in 1..=2 {
        explore(move || {
            let pool = pool(workers);
            let results = pool.map(|n: usize| n * 2, 0..5).chunksize(1).buffersize(3);
            assert!(results.map(Result::unwrap).eq([0, 2, 4, 6, 8]));
        });
    }
}

#[test]
fn a_map_in_any_order() {
    explore(|| {
        let pool = pool(2);
        let results = pool.map(|n: usize| n, 0..5).chunksize(1).unordered();
        let mut seen: Vec<usize> = results.map(Result::unwrap).collect();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    });
}

/// What has not begun never runs, and all items and results are dropped.
#[test]
fn a_map_that_is_dropped() {
    for unordered in [false, true] {
        explore(move || {
            let tally = Tally::default();
            let pool = pool(2);
            let items: Vec<_> = (0..5).map(|_| tally.token()).collect();
            let mut results = pool.map(|item| item, items).chunksize(2);
            if unordered {
                results = results.unordered();
            }
            let first = results.next();
            assert!(first.unwrap().is_ok());
            drop(results);
            drop(pool);
            assert_eq!(tally.alive(), 0);
        });
    }
}

#[test]
fn a_map_inside_a_task() {
    explore(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let outer = pool.spawn(move || {
            let results = handle.map(|n: usize| n, 0..4).chunksize(1).unordered();
            results.map(Result::unwrap).sum::<usize>()
        });
        assert_eq!(outer.result().unwrap(), 6);
    });
}

/// After a shutdown: what is finished, then one refusal, then nothing.
#[test]
fn a_map_against_a_shutdown() {
    explore(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let reader = thread::spawn(move || {
            let mut results = handle.map(|n: usize| n, 0..4).chunksize(1).buffersize(2);
            let finished = results.by_ref().take_while(Result::is_ok).count();
            assert!(results.next().is_none(), "nothing follows the refusal");
            finished
        });
        pool.shutdown();
        assert!(reader.join().unwrap() <= 4);
    });
}

#[test]
fn the_first_of_some() {
    explore(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..3).map(|n| pool.spawn(move || n)).collect();
        let waited = wait(&futures, ReturnWhen::FirstCompleted);
        assert!(!waited.done.is_empty());
        assert_eq!(waited.done.len() + waited.not_done.len(), 3);
    });
}

/// A failure wakes who waits for one; a cancellation is none.
#[test]
fn the_first_failure() {
    explore(|| {
        let pool = pool(2);
        let fails = || -> usize { std::panic::resume_unwind(Box::new("a task's own")) };
        let futures = [pool.spawn(|| 1), pool.spawn(fails), pool.spawn(|| 2)];
        let _either = futures[2].cancel();
        let waited = wait(&futures, ReturnWhen::FirstException);
        let failed = |kind| {
            move |f: &&&crate::Future<usize>| f.exception().is_some_and(|e| e.kind() == kind)
        };
        assert_eq!(waited.done.iter().filter(failed(TaskErrorKind::Panicked)).count(), 1);
    });
}

#[test]
fn each_as_it_ends() {
    explore(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..3).map(|n| pool.spawn(move || n)).collect();
        let canceller = futures[1].cancel();
        let results = as_completed(futures).map(|future| future.result());
        let ended: Vec<_> = results.collect();
        assert_eq!(ended.len(), 3);
        assert_eq!(ended.iter().filter(|outcome| outcome.is_err()).count(), usize::from(canceller));
    });
}

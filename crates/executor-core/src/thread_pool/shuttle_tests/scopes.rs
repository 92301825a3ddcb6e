//! A scope ends after all its tasks, whatever panics, and drops what is left of their results.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::model::{Tally, explore, pool};

#[test]
fn sees_its_tasks_out() {
    for workers in 1..=2 {
        explore(move || {
            let tally = Tally::default();
            let pool = pool(workers);
            let ended = AtomicUsize::new(0);
            pool.scope(|scope| {
                let count = || {
                    ended.fetch_add(1, SeqCst);
                    tally.token()
                };
                let first = scope.spawn(count);
                drop(scope.spawn(count));
                std::mem::forget(scope.spawn(count));
                assert!(first.result().is_ok());
            });
            assert_eq!(ended.load(SeqCst), 3);
            assert_eq!(tally.alive(), 0);
        });
    }
}

#[test]
fn raises_what_nobody_took() {
    explore(|| {
        let pool = pool(2);
        let ended = AtomicUsize::new(0);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            pool.scope(|scope| {
                let fails = || resume_unwind(Box::new("a task's own"));
                let taken = scope.spawn(fails);
                drop::<super::super::ScopedFuture<'_, ()>>(scope.spawn(fails));
                drop(scope.spawn(|| ended.fetch_add(1, SeqCst)));
                assert!(taken.result().is_err());
            });
        }));
        assert!(outcome.is_err());
        assert_eq!(ended.load(SeqCst), 1);
    });
}

/// The body's own panic comes first, after all tasks have ended.
#[test]
fn ends_before_its_body_unwinds() {
    explore(|| {
        let pool = pool(1);
        let ended = AtomicUsize::new(0);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            pool.scope(|scope| {
                for _ in 0..2 {
                    drop(scope.spawn(|| ended.fetch_add(1, SeqCst)));
                }
                resume_unwind(Box::new("the body's own"));
            });
        }));
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"the body's own"));
        assert_eq!(ended.load(SeqCst), 2);
    });
}

/// A scope inside a task of the only worker, whose tasks start others.
#[test]
fn inside_a_task() {
    explore(|| {
        let pool = std::sync::Arc::new(pool(1));
        let inside = std::sync::Arc::clone(&pool);
        let outer = pool.spawn(move || {
            let ended = AtomicUsize::new(0);
            inside.scope(|scope| {
                drop(scope.spawn(|| {
                    drop(scope.spawn(|| ended.fetch_add(1, SeqCst)));
                    ended.fetch_add(1, SeqCst)
                }));
                assert_eq!(scope.map(|n: usize| n, 0..3).chunksize(1).flatten().sum::<usize>(), 3);
            });
            ended.load(SeqCst)
        });
        assert_eq!(outer.result().unwrap(), 2);
    });
}

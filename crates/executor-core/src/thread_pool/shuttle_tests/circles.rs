//! Tasks that wait for each other in a circle: whoever closes it is told so, and all others get
//! their answer.

use std::sync::{Arc, Mutex};

use crate::{Future, ReturnWhen, TaskErrorKind, as_completed, promise, wait};

use super::model::{explore, pool};

/// Starts tasks of which each waits for the next; what each of them was told.
fn circle(workers: usize, length: usize) -> Vec<Option<TaskErrorKind>> {
    let pool = pool(workers);
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut promises = Vec::new();
    let mut tasks = Vec::new();
    for _ in 0..length {
        let (next, receive) = promise::<Future<()>>();
        let told = Arc::clone(&told);
        promises.push(next);
        tasks.push(pool.spawn(move || {
            let answer = receive.result().unwrap().result();
            told.lock().unwrap().push(answer.err().map(|error| error.kind()));
        }));
    }
    tasks.rotate_left(1);
    for (promise, task) in promises.into_iter().zip(tasks) {
        assert!(promise.set_result(task).is_ok());
    }
    drop(pool);
    let told = told.lock().unwrap();
    told.clone()
}

#[test]
fn one_is_told() {
    for (workers, length) in [(1, 2), (2, 2), (1, 3), (2, 3), (3, 3)] {
        explore(move || {
            let told = circle(workers, length);
            assert_eq!(told.len(), length, "everybody was told something");
            let stuck = told.iter().filter(|kind| **kind == Some(TaskErrorKind::Deadlock)).count();
            assert_eq!(stuck, 1, "{told:?}");
        });
    }
}

/// A task that waits for itself.
#[test]
fn of_one() {
    for workers in 1..=2 {
        explore(move || assert_eq!(circle(workers, 1), [Some(TaskErrorKind::Deadlock)]));
    }
}

/// A circle through a wait for several futures panics in the wait, and the task with it.
#[test]
fn through_a_set() {
    for every in [true, false] {
        explore(move || {
            let pool = pool(2);
            let (back, receive) = promise::<Future<()>>();
            let first = pool.spawn(move || {
                let own = receive.result().unwrap();
                if every {
                    drop(wait([own], ReturnWhen::AllCompleted));
                } else {
                    drop(as_completed([own]).next());
                }
            });
            let second = pool.spawn(move || drop(first.result()));
            assert!(back.set_result(second).is_ok());
            drop(pool);
        });
    }
}

/// A need for any of two futures, of which one leads in a circle, is met by the other.
#[test]
fn a_way_out() {
    explore(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let (back, receive) = promise::<Future<()>>();
        let outer = pool.spawn(move || {
            let own = receive.result().unwrap();
            let other = handle.spawn(|| ());
            let waited = wait([own, other], ReturnWhen::FirstCompleted);
            assert_eq!(waited.done.len(), 1);
        });
        let (outcome, ended) = promise();
        outer.add_done_callback(move |result| outcome.set_result(result.is_ok()).unwrap());
        assert!(back.set_result(outer).is_ok());
        assert!(ended.result().unwrap());
    });
}

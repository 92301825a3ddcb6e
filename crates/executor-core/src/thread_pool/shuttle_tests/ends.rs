//! The end of a pool, from outside and from inside, once and twice, while others submit.

use std::sync::Arc;

use shuttle::thread;

use crate::{Shutdown, TaskErrorKind, ThreadPoolExecutor, promise};

use super::model::{Tally, explore, pool};

/// Every submitted task runs or is refused, and both is said.
#[test]
fn against_submits() {
    for workers in 1..=2 {
        explore(move || {
            let tally = Tally::default();
            let pool = pool(workers);
            let submit = |_| {
                let (handle, tally) = (pool.handle(), tally.clone());
                thread::spawn(move || (0..2).map(|_| tally.spawn(&handle)).collect::<Vec<_>>())
            };
            let submitters: Vec<_> = (0..2).map(submit).collect();
            pool.shutdown();
            let ran = tally.ran();
            let mut succeeded = 0;
            for future in submitters.into_iter().flat_map(|s| s.join().unwrap()) {
                match future.result() {
                    Ok(_) => succeeded += 1,
                    Err(error) => assert_eq!(error.kind(), TaskErrorKind::ShutDown),
                }
            }
            assert_eq!((ran, tally.ran()), (succeeded, succeeded), "nothing runs after the end");
            drop(pool);
            assert_eq!(tally.alive(), 0);
        });
    }
}

#[test]
fn twice_at_once() {
    explore(|| {
        let tally = Tally::default();
        let pool = Arc::new(pool(2));
        let futures: Vec<_> = (0..3).map(|_| pool.spawn(tally.work())).collect();
        let other = {
            let (pool, tally) = (Arc::clone(&pool), tally.clone());
            thread::spawn(move || {
                pool.shutdown();
                assert_eq!(tally.ran(), 3);
            })
        };
        pool.shutdown();
        assert_eq!(tally.ran(), 3, "all accepted work is done when a shutdown returns");
        assert_eq!(pool.stats().workers, 0);
        other.join().unwrap();
        drop(futures);
        drop(pool);
        assert_eq!(tally.alive(), 0);
    });
}

/// One goes on in the background, and another waits for it.
#[test]
fn without_a_wait_and_with_one() {
    explore(|| {
        let tally = Tally::default();
        let pool = pool(1);
        let futures: Vec<_> = (0..2).map(|_| pool.spawn(tally.work())).collect();
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: false });
        assert_eq!(pool.spawn(|| ()).result().unwrap_err().kind(), TaskErrorKind::ShutDown);
        pool.shutdown();
        assert_eq!(tally.ran(), 2);
        drop(futures);
        assert_eq!(tally.alive(), 0);
    });
}

/// A task ends its own pool, and then all other work is done but the task itself.
#[test]
fn from_inside() {
    for workers in 1..=2 {
        explore(move || {
            let tally = Tally::default();
            let pool = Arc::new(pool(workers));
            let (inside, seen) = (Arc::clone(&pool), tally.clone());
            let (go, wait) = promise::<()>();
            let ender = pool.spawn(move || {
                wait.result().unwrap();
                inside.shutdown();
                seen.ran()
            });
            let others: Vec<_> = (0..2).map(|_| pool.spawn(tally.work())).collect();
            go.set_result(()).unwrap();
            assert_eq!(ender.result().unwrap(), 2);
            pool.shutdown();
            drop(others);
        });
    }
}

/// Two tasks end their pool, and neither waits for the other.
#[test]
fn from_two_tasks() {
    for workers in 1..=2 {
        explore(move || {
            let pool = Arc::new(pool(workers));
            let end = |_| {
                let inside = Arc::clone(&pool);
                pool.spawn(move || inside.shutdown())
            };
            let enders: Vec<_> = (0..2).map(end).collect();
            let ended: Vec<_> = enders.into_iter().map(|ender| ender.result()).collect();
            let refused = ended.iter().flatten().count();
            assert!(refused >= 1, "the first one at least was accepted");
            pool.shutdown();
        });
    }
}

/// A task that another waits for ends the pool: it does not wait for who waits for it.
#[test]
fn from_a_task_that_another_waits_for() {
    for workers in 1..=2 {
        explore(move || {
            let pool = Arc::new(pool(workers));
            let inside = Arc::clone(&pool);
            let outer = pool.spawn(move || {
                let innermost = Arc::clone(&inside);
                inside.spawn(move || innermost.shutdown()).result()
            });
            // Either way somebody is told: the inner one ended the pool, or came too late.
            assert!(outer.result().is_ok());
            pool.shutdown();
        });
    }
}

/// The executor itself is dropped by one of its tasks, also while that unwinds.
#[test]
fn a_drop_inside() {
    for unwinding in [false, true] {
        explore(move || {
            let tally = Tally::default();
            let pool = pool(1);
            let handle = pool.handle();
            let (give, take) = promise::<ThreadPoolExecutor>();
            let dropper = pool.spawn(move || {
                let _pool = take.result().unwrap();
                if unwinding {
                    std::panic::resume_unwind(Box::new("a task's own"));
                }
            });
            let other = tally.spawn(&handle);
            assert!(give.set_result(pool).is_ok());
            assert_eq!(dropper.result().is_err(), unwinding);
            assert!(other.result().is_ok());
            assert_eq!(handle.spawn(|| ()).result().unwrap_err().kind(), TaskErrorKind::ShutDown);
            assert_eq!(tally.alive(), 0);
        });
    }
}

/// The last task to know the pool drops it.
#[test]
fn a_drop_by_a_closure() {
    explore(|| {
        let pool = Arc::new(pool(2));
        let inside = Arc::clone(&pool);
        let task = pool.spawn(move || inside.max_workers());
        drop(pool);
        assert_eq!(task.result().unwrap(), 2);
    });
}

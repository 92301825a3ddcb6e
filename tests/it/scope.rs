//! `scope`: tasks that borrow, none of which outlives the call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use concurrent_futures::{Shutdown, TaskErrorKind};

use crate::pool::{hold, named_pool, pool};
use crate::watchdog::check;

#[test]
fn tasks_borrow_what_is_around_the_scope() {
    check(|| {
        let pool = pool(2);
        let words = vec!["one", "two", "three"];
        let lengths = Mutex::new(Vec::new());
        pool.scope(|scope| {
            for word in &words {
                scope.spawn(|| lengths.lock().unwrap().push(word.len()));
            }
        });
        let mut lengths = lengths.into_inner().unwrap();
        lengths.sort_unstable();
        assert_eq!(lengths, [3, 3, 5]);
    });
}

#[test]
fn tasks_change_what_they_borrow_alone() {
    check(|| {
        let pool = pool(2);
        let mut numbers = vec![1, 2, 3, 4];
        pool.scope(|scope| {
            let (left, right) = numbers.split_at_mut(2);
            scope.spawn(|| left.iter_mut().for_each(|number| *number *= 10));
            scope.spawn(|| right.iter_mut().for_each(|number| *number *= 100));
        });
        assert_eq!(numbers, [10, 20, 300, 400]);
    });
}

#[test]
fn a_scope_returns_what_its_body_returns() {
    check(|| {
        let pool = pool(2);
        let text = String::from("borrowed");
        let length = pool.scope(|scope| scope.spawn(|| text.len()).result().unwrap());
        assert_eq!(length, 8);
    });
}

#[test]
fn a_scope_ends_after_all_its_tasks() {
    check(|| {
        let pool = pool(3);
        for _ in 0..100 {
            let ran = AtomicUsize::new(0);
            pool.scope(|scope| {
                for _ in 0..10 {
                    scope.spawn(|| ran.fetch_add(1, Ordering::Relaxed));
                }
            });
            assert_eq!(ran.load(Ordering::Relaxed), 10);
        }
    });
}

#[test]
fn a_task_of_a_scope_spawns_more_of_them() {
    check(|| {
        for workers in 1..=2 {
            let pool = pool(workers);
            let ran = AtomicUsize::new(0);
            pool.scope(|scope| {
                for _ in 0..5 {
                    scope.spawn(|| {
                        ran.fetch_add(1, Ordering::Relaxed);
                        scope.spawn(|| ran.fetch_add(10, Ordering::Relaxed));
                    });
                }
            });
            assert_eq!(ran.load(Ordering::Relaxed), 55);
        }
    });
}

#[test]
fn a_scoped_future_tells_when_it_is_done() {
    check(|| {
        let pool = pool(1);
        let (open, opened) = mpsc::channel::<()>();
        pool.scope(|scope| {
            let future = scope.spawn(move || opened.recv().is_err());
            assert!(!future.done());
            drop(open);
            assert!(future.result().unwrap());
        });
    });
}

#[test]
fn a_scoped_task_is_cancelled() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let ran = AtomicUsize::new(0);
        pool.scope(|scope| {
            let future = scope.spawn(|| ran.fetch_add(1, Ordering::Relaxed));
            assert!(future.cancel());
            assert!(future.done());
            assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
        });
        held.release();
        assert_eq!(ran.load(Ordering::Relaxed), 0);
    });
}

fn message(payload: Box<dyn std::any::Any + Send>) -> String {
    match payload.downcast::<&str>() {
        Ok(text) => (*text).to_owned(),
        Err(payload) => *payload.downcast::<String>().expect("a panic with a message"),
    }
}

#[test]
fn a_panic_nobody_took_is_raised_at_the_end() {
    check(|| {
        let pool = pool(2);
        let ran = AtomicUsize::new(0);
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            pool.scope(|scope| {
                scope.spawn(|| panic!("a scoped thread panicked, or so"));
                scope.spawn(|| ran.fetch_add(1, Ordering::Relaxed));
            });
        }));
        assert!(message(unwound.unwrap_err()).contains("panicked"));
        assert_eq!(ran.load(Ordering::Relaxed), 1, "the others ran to their ends");
    });
}

#[test]
fn a_panic_that_was_taken_is_not_raised() {
    check(|| {
        let pool = pool(1);
        let kind = pool.scope(|scope| {
            let future = scope.spawn(|| panic!("taken"));
            future.result().unwrap_err().kind()
        });
        assert_eq!(kind, TaskErrorKind::Panicked);
    });
}

#[test]
fn a_panic_of_the_body_waits_for_the_tasks_and_goes_on() {
    check(|| {
        let pool = pool(2);
        let ran = AtomicUsize::new(0);
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            pool.scope(|scope| {
                for _ in 0..20 {
                    scope.spawn(|| {
                        thread::yield_now();
                        ran.fetch_add(1, Ordering::Relaxed)
                    });
                }
                panic!("the body");
            })
        }));
        assert_eq!(message(unwound.unwrap_err()), "the body");
        assert_eq!(ran.load(Ordering::Relaxed), 20);
    });
}

#[test]
fn a_scope_maps_over_borrowed_data() {
    check(|| {
        let pool = pool(2);
        let words = ["a", "bb", "ccc"];
        let factor = 10;
        let lengths: Vec<usize> = pool.scope(|scope| {
            scope.map(|word: &&str| word.len() * factor, &words).map(Result::unwrap).collect()
        });
        assert_eq!(lengths, [10, 20, 30]);
    });
}

#[test]
fn a_scoped_map_dropped_early_leaves_nothing_running() {
    check(|| {
        let pool = pool(2);
        for _ in 0..50 {
            let counters: Vec<AtomicUsize> = (0..50).map(|_| AtomicUsize::new(0)).collect();
            pool.scope(|scope| {
                let count = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::Relaxed);
                let mut map = scope.map(count, &counters).chunksize(3);
                assert_eq!(map.next().unwrap().unwrap(), 0);
            });
            assert!(counters.iter().all(|counter| counter.load(Ordering::Relaxed) <= 1));
            drop(counters);
        }
    });
}

#[test]
fn a_map_left_to_the_end_of_its_scope_runs_nothing_after_it() {
    check(|| {
        let pool = pool(2);
        for _ in 0..50 {
            let counters: Vec<AtomicUsize> = (0..50).map(|_| AtomicUsize::new(0)).collect();
            pool.scope(|scope| {
                let count = |counter: &AtomicUsize| counter.fetch_add(1, Ordering::Relaxed);
                let map = scope.map(count, &counters).start();
                std::mem::forget(map);
            });
            let ran: usize = counters.iter().map(|c| c.load(Ordering::Relaxed)).sum();
            pool.spawn(|| ()).result().unwrap();
            assert_eq!(ran, counters.iter().map(|c| c.load(Ordering::Relaxed)).sum::<usize>());
        }
    });
}

#[test]
fn a_scope_inside_a_worker_finishes() {
    check(|| {
        for workers in 1..=2 {
            let pool = Arc::new(pool(workers));
            let inside = Arc::clone(&pool);
            let sum = pool.spawn(move || {
                let numbers = [1, 2, 3, 4];
                let total = AtomicUsize::new(0);
                inside.scope(|scope| {
                    for number in &numbers {
                        scope.spawn(|| total.fetch_add(*number, Ordering::Relaxed));
                    }
                });
                total.into_inner()
            });
            assert_eq!(sum.result().unwrap(), 10);
        }
    });
}

#[test]
fn scopes_nest() {
    check(|| {
        let pool = pool(1);
        let total = AtomicUsize::new(0);
        pool.scope(|outer| {
            outer.spawn(|| {
                pool.scope(|inner| {
                    inner.spawn(|| total.fetch_add(1, Ordering::Relaxed));
                    inner.spawn(|| total.fetch_add(2, Ordering::Relaxed));
                });
                total.fetch_add(4, Ordering::Relaxed)
            });
        });
        assert_eq!(total.into_inner(), 7);
    });
}

#[test]
fn a_scope_of_a_pool_that_was_shut_down_refuses() {
    check(|| {
        let pool = pool(1);
        pool.shutdown();
        let text = String::from("borrowed");
        let kind = pool.scope(|scope| scope.spawn(|| text.len()).result().unwrap_err().kind());
        assert_eq!(kind, TaskErrorKind::ShutDown);
        pool.scope(|scope| drop(scope.spawn(|| text.len())));
    });
}

#[test]
fn a_shutdown_in_mid_scope_does_not_hang_it() {
    check(|| {
        for round in 0..100 {
            let pool = pool(2);
            let ran = AtomicUsize::new(0);
            thread::scope(|threads| {
                let how = Shutdown { wait: false, cancel_futures: round % 2 == 0 };
                let pool = &pool;
                threads.spawn(move || pool.shutdown_with(how));
                pool.scope(|scope| {
                    for _ in 0..20 {
                        scope.spawn(|| ran.fetch_add(1, Ordering::Relaxed));
                    }
                });
            });
            assert!(ran.load(Ordering::Relaxed) <= 20);
        }
    });
}

#[test]
fn scoped_tasks_run_on_the_workers() {
    check(|| {
        let pool = named_pool(1, "scoped");
        let name = pool.scope(|scope| {
            let name = scope.spawn(|| thread::current().name().unwrap().to_owned());
            name.result().unwrap()
        });
        assert_eq!(name, "scoped_0");
    });
}

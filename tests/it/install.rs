//! `install`: rayon's parallel iterators on this pool's own threads.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

use rayon::prelude::*;

use crate::pool::{eventually, hold, named_pool, pool, threads_named};
use crate::watchdog::check;

#[test]
fn parallel_iterators_give_their_result() {
    check(|| {
        let numbers: Vec<u64> = (0..10_000).collect();
        let sum = pool(2).install(|| numbers.par_iter().map(|number| number * 2).sum::<u64>());
        assert_eq!(sum, 9_999 * 10_000);
    });
}

#[test]
fn they_run_on_the_threads_of_the_pool() {
    check(|| {
        let pool = named_pool(2, "rayon_own");
        let names = Mutex::new(HashSet::new());
        let note = || {
            let name = thread::current().name().unwrap_or("unnamed").to_owned();
            names.lock().unwrap().insert(name);
        };
        pool.install(|| (0..1000).into_par_iter().for_each(|_| note()));
        let names = names.into_inner().unwrap();
        assert!(names.iter().all(|name| name.starts_with("rayon_own_")), "{names:?}");
        assert!(names.len() <= 2);
    });
}

#[test]
fn rayon_sees_as_many_threads_as_the_pool_has() {
    check(|| {
        for workers in 1..=3 {
            assert_eq!(pool(workers).install(rayon::current_num_threads), workers);
        }
    });
}

#[test]
fn join_and_scope_of_rayon_work_inside() {
    check(|| {
        let pool = pool(2);
        let (one, other) = pool.install(|| rayon::join(|| 1, || 2));
        assert_eq!(one + other, 3);
        let mut text = String::new();
        pool.install(|| rayon::scope(|scope| scope.spawn(|_| text.push_str("in a scope"))));
        assert_eq!(text, "in a scope");
    });
}

#[test]
fn tasks_run_before_and_after() {
    check(|| {
        let pool = pool(2);
        for round in 0..20 {
            assert_eq!(pool.spawn(move || round).result().unwrap(), round);
            assert_eq!(pool.install(|| (0..100).into_par_iter().count()), 100);
        }
    });
}

#[test]
fn tasks_and_parallel_iterators_share_the_pool() {
    check(|| {
        let pool = pool(2);
        let futures: Vec<_> = (0..100).map(|number| pool.spawn(move || number)).collect();
        let count = pool.install(|| (0..1000).into_par_iter().count());
        assert_eq!(count, 1000);
        assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..100));
    });
}

#[test]
fn several_threads_install_at_once() {
    check(|| {
        let pool = pool(2);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(pool.install(|| (0..500).into_par_iter().count()), 500));
            }
        });
    });
}

#[test]
fn a_panic_inside_is_the_callers() {
    check(|| {
        let pool = pool(2);
        let panic = || pool.install(|| (0..10).into_par_iter().for_each(|_| panic!("inside")));
        assert!(catch_unwind(AssertUnwindSafe(panic)).is_err());
        assert_eq!(pool.install(|| (0..10).into_par_iter().count()), 10);
    });
}

#[test]
fn a_task_installs_on_its_own_pool() {
    check(|| {
        for workers in 1..=2 {
            let pool = std::sync::Arc::new(pool(workers));
            let inside = std::sync::Arc::clone(&pool);
            let task = pool.spawn(move || inside.install(|| (0..100).into_par_iter().count()));
            assert_eq!(task.result().unwrap(), 100);
        }
    });
}

#[test]
fn shutdown_joins_the_threads_rayon_used() {
    check(|| {
        for _ in 0..20 {
            let pool = named_pool(2, "rayon_end");
            assert_eq!(pool.install(|| (0..100).into_par_iter().count()), 100);
            pool.shutdown();
            assert_eq!(pool.stats().workers, 0);
            eventually(|| threads_named("rayon_end") == 0);
        }
    });
}

#[test]
fn it_waits_for_its_turn_while_a_task_runs() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        thread::scope(|scope| {
            let installed = scope.spawn(|| pool.install(|| (0..100).into_par_iter().count()));
            held.release();
            assert_eq!(installed.join().unwrap(), 100);
        });
    });
}

#[test]
#[should_panic(expected = "shut")]
fn after_a_shutdown_it_panics() {
    let pool = pool(1);
    pool.shutdown();
    pool.install(|| ());
}

/// The caller is one of the threads that a shutdown joins.
#[test]
fn shutting_down_inside_does_not_hang() {
    check(|| {
        let pool = pool(2);
        let shut = || pool.install(|| pool.shutdown());
        let _ = catch_unwind(AssertUnwindSafe(shut));
        pool.shutdown();
        assert!(pool.spawn(|| ()).result().is_err());
    });
}

#[test]
fn futures_are_waited_for_inside() {
    check(|| {
        for workers in 1..=2 {
            let pool = pool(workers);
            let sum: u64 = pool.install(|| {
                (0..50_u64).into_par_iter().map(|n| pool.spawn(move || n).result().unwrap()).sum()
            });
            assert_eq!(sum, 1225);
        }
    });
}

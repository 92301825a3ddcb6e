//! Workers that are replaced after so many tasks.

use std::collections::BTreeMap;

use crate::rig::{METHODS, builder, eventually, exists, pid};
use crate::watchdog::check;

/// How often each process occurs.
fn counts(pids: impl Iterator<Item = u32>) -> BTreeMap<u32, usize> {
    pids.fold(BTreeMap::new(), |mut counts, pid| {
        *counts.entry(pid).or_default() += 1;
        counts
    })
}

#[test]
fn a_worker_runs_no_more_tasks_than_it_may() {
    check(|| {
        for method in METHODS {
            let pool = builder(1).max_tasks_per_child(3).start_method(method).build().unwrap();
            let futures: Vec<_> = (0..12).map(|_| pool.submit(pid, ())).collect();
            let counts = counts(futures.into_iter().map(|future| future.result().unwrap()));
            assert!(counts.values().all(|count| *count <= 3), "{counts:?}");
            assert!(counts.len() >= 4);
            let pids: Vec<u32> = counts.into_keys().collect();
            pool.shutdown();
            eventually(|| pids.iter().all(|pid| !exists(*pid)));
        }
    });
}

#[test]
fn items_of_a_map_are_counted_singly() {
    check(|| {
        for chunk in [1, 3, 5, 20, 100] {
            let pool = builder(2).max_tasks_per_child(5).build().unwrap();
            let run = |n: u32| (n, std::process::id());
            let results: Vec<_> =
                pool.map(run, 0..40).chunksize(chunk).map(Result::unwrap).collect();
            assert!(results.iter().map(|(n, _)| *n).eq(0..40), "in order");
            let counts = counts(results.iter().map(|(_, pid)| *pid));
            assert!(counts.values().all(|count| *count <= 5), "{chunk}: {counts:?}");
        }
    });
}

#[test]
fn one_task_a_worker_under_a_backlog() {
    check(|| {
        let pool = builder(2).max_tasks_per_child(1).build().unwrap();
        let run = |n: u32| (n, std::process::id());
        let futures: Vec<_> = (0..30).map(|n| pool.submit(run, n)).collect();
        let results: Vec<_> = futures.into_iter().map(|future| future.result().unwrap()).collect();
        assert!(results.iter().map(|(n, _)| *n).eq(0..30));
        assert!(counts(results.iter().map(|(_, pid)| *pid)).values().all(|count| *count == 1));
    });
}

#[test]
fn one_at_a_time_it_never_stalls() {
    check(|| {
        let pool = builder(1).max_tasks_per_child(2).build().unwrap();
        for n in 0..20_u32 {
            assert_eq!(pool.submit(|n: u32| n, n).result().unwrap(), n);
        }
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.queued, stats.running), (20, 0, 0));
    });
}

#[test]
fn what_is_cancelled_wears_no_worker_out() {
    check(|| {
        let gate = crate::rig::Gate::new();
        let pool = builder(1).max_tasks_per_child(2).build().unwrap();
        let held = gate.hold(&pool);
        for _ in 0..10 {
            assert!(pool.submit(pid, ()).cancel());
        }
        let first = held.release().result().unwrap();
        let later = (0..7).map(|_| pool.submit(pid, ()).result().unwrap());
        let counts = counts(std::iter::once(first).chain(later));
        assert!(counts.values().all(|count| *count <= 2), "{counts:?}");
        assert!(counts.len() <= 5, "few are replaced early: {counts:?}");
    });
}

#[test]
fn a_panic_counts_and_a_crash_needs_no_count() {
    check(|| {
        let pool = builder(1).max_tasks_per_child(2).build().unwrap();
        let first = pool.submit(pid, ()).result().unwrap();
        pool.submit(crate::rig::fail, "counts".to_owned()).wait();
        assert_ne!(pool.submit(pid, ()).result().unwrap(), first);
        pool.submit(crate::rig::abort, ()).wait();
        let third = pool.submit(pid, ()).result().unwrap();
        assert_eq!(pool.submit(pid, ()).result().unwrap(), third);
    });
}

#[test]
fn a_replacement_runs_nothing_while_the_one_before_it_does() {
    check(|| {
        let gate = crate::rig::Gate::new();
        let pool = builder(1).max_tasks_per_child(1).build().unwrap();
        let held = gate.hold(&pool);
        let next = pool.submit(pid, ());
        let waited = next.wait_timeout(std::time::Duration::from_millis(300));
        waited.expect_err("at most one worker runs tasks");
        held.release();
        next.result().unwrap();
    });
}

//! What a pool tells of itself.

use std::collections::BTreeSet;

use crate::rig::{Gate, METHODS, builder, eventually, is_alive, pid, pool};
use crate::watchdog::check;

#[test]
fn they_follow_the_tasks() {
    check(|| {
        let (pool, gate) = (pool(2), Gate::new());
        let held = gate.hold_all(&pool, 2);
        let queued: Vec<_> = (0..5).map(|_| pool.submit(pid, ())).collect();
        let stats = pool.stats();
        assert_eq!((stats.workers, stats.idle, stats.running, stats.queued), (2, 0, 2, 5));
        assert_eq!((stats.finished, stats.cancelled), (0, 0));
        assert!(queued[4].cancel() && queued[1].cancel());
        let stats = pool.stats();
        assert_eq!((stats.running, stats.queued, stats.cancelled), (2, 3, 2));
        held.into_iter().for_each(|held| _ = held.release());
        queued.into_iter().for_each(|future| future.wait());
        eventually(|| pool.stats().idle == 2);
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.cancelled, stats.queued, stats.running), (5, 2, 0, 0));
        pool.shutdown();
        assert_eq!(pool.stats().workers, 0);
        assert_eq!(pool.stats().finished, 5);
    });
}

#[test]
fn what_fails_has_finished() {
    check(|| {
        let pool = pool(1);
        pool.submit(crate::rig::fail, "counts".to_owned()).wait();
        pool.submit(crate::rig::abort, ()).wait();
        pool.submit(pid, ()).result().unwrap();
        assert_eq!(pool.stats().finished, 3);
    });
}

#[test]
fn workers_start_when_there_is_work_for_them() {
    check(|| {
        let (pool, gate) = (pool(4), Gate::new());
        for _ in 0..20 {
            pool.submit(pid, ()).result().unwrap();
        }
        assert_eq!(pool.stats().workers, 1, "one at a time needs one");
        let held = gate.hold_all(&pool, 3);
        assert_eq!(pool.stats().workers, 3);
        drop(held);
    });
}

#[test]
fn the_pids_are_those_of_the_workers() {
    check(|| {
        for method in METHODS {
            let gate = Gate::new();
            let pool = builder(3).start_method(method).build().unwrap();
            assert!(pool.worker_pids().is_empty());
            let held = gate.hold_all(&pool, 3);
            let told: BTreeSet<u32> = pool.worker_pids().into_iter().collect();
            let seen: BTreeSet<u32> = held.iter().map(crate::rig::Held::pid).collect();
            assert_eq!(told, seen);
            assert!(
                crate::rig::children_of(std::process::id())
                    .iter()
                    .filter(|pid| told.contains(pid))
                    .count()
                    == 3
            );
            drop(held);
            pool.shutdown();
            assert!(pool.worker_pids().is_empty());
            assert!(told.iter().all(|pid| !is_alive(*pid)));
            assert!(told.iter().all(|pid| !crate::rig::exists(*pid)), "waited for");
        }
    });
}

#[test]
fn workers_have_names() {
    check(|| {
        let pool = pool(1);
        let worker = pool.submit(pid, ()).result().unwrap();
        let line = std::fs::read_to_string(format!("/proc/{worker}/cmdline")).unwrap();
        assert!(line.contains("ProcessPoolExecutor-") && line.contains("worker 0"), "{line}");
    });
}

//! Ending the workers by force.

use std::time::{Duration, Instant};

use concurrent_futures::{Future, ProcessPoolExecutor, TaskErrorKind};

use crate::rig::{Gate, METHODS, builder, eventually, exists, is_alive, pid, pool};
use crate::watchdog::{check, scaled};

/// Busy workers and a queue, ended by `end`.
fn ends(end: fn(&ProcessPoolExecutor)) {
    for method in METHODS {
        let gate = Gate::new();
        let pool = builder(2).start_method(method).build().unwrap();
        let held = gate.hold_all(&pool, 2);
        let pids: Vec<u32> = held.iter().map(crate::rig::Held::pid).collect();
        let queued: Vec<Future<u32>> = (0..10).map(|_| pool.submit(pid, ())).collect();
        end(&pool);
        for held in held {
            assert_eq!(held.future.result().unwrap_err().kind(), TaskErrorKind::Killed);
        }
        for future in queued {
            assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
        }
        let refused = pool.submit(pid, ()).result().unwrap_err();
        assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
        assert!(pool.try_submit(pid, ()).is_err());
        pool.shutdown();
        assert!(pids.iter().all(|pid| !exists(*pid)));
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.cancelled, stats.workers), (2, 10, 0), "{stats:?}");
    }
}

#[test]
fn killing_ends_everything() {
    check(|| ends(ProcessPoolExecutor::kill_workers));
}

#[test]
fn terminating_ends_everything() {
    check(|| ends(ProcessPoolExecutor::terminate_workers));
}

#[test]
fn idle_workers_end_as_well() {
    check(|| {
        for end in [ProcessPoolExecutor::kill_workers, ProcessPoolExecutor::terminate_workers] {
            let (pool, gate) = (pool(2), Gate::new());
            let held = gate.hold_all(&pool, 2);
            let pids: Vec<u32> = held.iter().map(crate::rig::Held::pid).collect();
            held.into_iter().for_each(|held| _ = held.release().result());
            end(&pool);
            eventually(|| pids.iter().all(|pid| !is_alive(*pid)));
            end(&pool);
            pool.shutdown();
        }
    });
}

#[test]
fn workers_that_start_end_as_well() {
    check(|| {
        for method in METHODS {
            for end in [ProcessPoolExecutor::kill_workers, ProcessPoolExecutor::terminate_workers] {
                let pool = builder(2).start_method(method).build().unwrap();
                let futures: Vec<_> = (0..5).map(|_| pool.submit(pid, ())).collect();
                end(&pool);
                for future in futures {
                    let kind = future.result().err().map(|error| error.kind());
                    let ended = [None, Some(TaskErrorKind::Cancelled), Some(TaskErrorKind::Killed)];
                    assert!(ended.contains(&kind), "{kind:?}");
                }
                pool.shutdown();
                assert_eq!(pool.stats().workers, 0);
            }
        }
    });
}

#[test]
fn a_worker_that_does_not_want_to_end_is_ended() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let ignore = |gate: String| {
            // SAFETY: ignoring a signal runs no code when it comes.
            unsafe { libc::signal(libc::SIGTERM, libc::SIG_IGN) };
            crate::rig::stop_at(gate)
        };
        let future = pool.submit(ignore, gate.name());
        let waiting = gate.next();
        let began = Instant::now();
        pool.terminate_workers();
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Killed);
        assert!(
            began.elapsed() < scaled(Duration::from_secs(1)),
            "the future does not wait for the process"
        );
        pool.shutdown();
        assert!(began.elapsed() >= Duration::from_secs(1), "it was given time");
        assert!(!exists(waiting.pid));
    });
}

#[test]
fn a_worker_that_is_stopped_is_ended_too() {
    check(|| {
        for end in [ProcessPoolExecutor::kill_workers, ProcessPoolExecutor::terminate_workers] {
            let (pool, gate) = (pool(1), Gate::new());
            let held = gate.hold(&pool);
            crate::rig::signal(held.pid(), libc::SIGSTOP);
            end(&pool);
            assert_eq!(held.future.result().unwrap_err().kind(), TaskErrorKind::Killed);
            pool.shutdown();
            assert!(!exists(held.waiting.pid));
        }
    });
}

#[test]
fn what_a_pool_that_never_started_has_to_end_is_nothing() {
    check(|| {
        let pool = pool(2);
        pool.kill_workers();
        pool.terminate_workers();
        pool.shutdown();
        let refused = pool.submit(pid, ()).result().unwrap_err();
        assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
    });
}

//! Shutdown, in all its forms.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::{
    Future, ProcessPoolExecutor, Shutdown, TaskErrorKind, ThreadPoolExecutor,
};

use crate::rig::{Gate, METHODS, builder, exists, pid, pool};
use crate::watchdog::{check, scaled};

const DRAIN: Shutdown = Shutdown { wait: false, cancel_futures: false };
const CANCEL: Shutdown = Shutdown { wait: false, cancel_futures: true };

fn numbers(pool: &ProcessPoolExecutor, count: u32) -> Vec<Future<u32>> {
    (0..count).map(|number| pool.submit(|number: u32| number, number)).collect()
}

#[test]
fn it_waits_for_all_accepted_work_and_for_the_workers() {
    check(|| {
        for method in METHODS {
            let pool = builder(2).start_method(method).build().unwrap();
            let futures = numbers(&pool, 200);
            futures[0].wait();
            let pids = pool.worker_pids();
            pool.shutdown();
            assert!(futures.iter().all(Future::done));
            assert!(pids.iter().all(|pid| !exists(*pid)));
            assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..200));
        }
    });
}

#[test]
fn it_may_be_called_again_and_by_anybody() {
    check(|| {
        let pool = pool(2);
        let futures = numbers(&pool, 50);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    pool.shutdown();
                    assert!(futures.iter().all(Future::done), "each of them waits");
                });
            }
        });
        pool.shutdown();
        pool.shutdown_with(CANCEL);
        pool.shutdown_timeout(Duration::ZERO).unwrap();
        pool.kill_workers();
    });
}

#[test]
fn without_waiting_the_work_still_completes() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let futures = numbers(&pool, 10);
        pool.shutdown_with(DRAIN);
        assert!(futures.iter().all(|future| !future.done()));
        let refused = pool.submit(pid, ()).result().unwrap_err();
        assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
        held.release();
        assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..10));
        pool.shutdown();
        assert_eq!(pool.stats().workers, 0, "a later shutdown waits");
    });
}

#[test]
fn cancelling_ends_what_has_not_begun() {
    check(|| {
        let (pool, gate) = (pool(2), Gate::new());
        let held = gate.hold_all(&pool, 2);
        let futures = numbers(&pool, 20);
        pool.shutdown_with(CANCEL);
        for future in futures {
            assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
        }
        for running in held {
            running.release().result().expect("it had begun");
        }
        pool.shutdown();
    });
}

#[test]
fn a_deadline_is_kept() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let futures = numbers(&pool, 5);
        let began = Instant::now();
        let limit = Duration::from_millis(50);
        let error = pool.shutdown_timeout(limit).unwrap_err();
        assert!(began.elapsed() >= limit && error.workers() == 1, "{error}");
        assert_eq!(pool.shutdown_timeout(Duration::ZERO).unwrap_err().workers(), 1);
        held.release();
        pool.shutdown_timeout(Duration::MAX).unwrap();
        assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..5));
    });
}

#[test]
fn a_pool_that_was_never_used_is_shut_down_at_once() {
    check(|| {
        for method in METHODS {
            let pool = builder(4).start_method(method).build().unwrap();
            pool.shutdown_timeout(Duration::from_secs(5)).unwrap();
            drop(builder(4).start_method(method).build().unwrap());
        }
    });
}

#[test]
fn dropping_waits_as_well() {
    check(|| {
        let pool = pool(2);
        let futures = numbers(&pool, 100);
        futures[0].wait();
        let pids = pool.worker_pids();
        drop(pool);
        assert!(futures.iter().all(Future::done));
        assert!(pids.iter().all(|pid| !exists(*pid)));
    });
}

#[test]
fn dropping_while_workers_start_waits_for_the_work() {
    check(|| {
        for method in METHODS {
            let pool = builder(2).start_method(method).build().unwrap();
            let futures = numbers(&pool, 10);
            drop(pool);
            assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..10));
        }
    });
}

#[test]
fn cancelling_while_workers_start_leaves_nobody() {
    check(|| {
        for method in METHODS {
            for _ in 0..5 {
                let pool = builder(2).start_method(method).build().unwrap();
                let futures = numbers(&pool, 10);
                pool.shutdown_with(Shutdown { wait: true, cancel_futures: true });
                assert_eq!(pool.stats().workers, 0);
                for (n, future) in (0..).zip(futures) {
                    match future.result() {
                        Ok(same) => assert_eq!(same, n),
                        Err(error) => assert_eq!(error.kind(), TaskErrorKind::Cancelled),
                    }
                }
            }
        }
    });
}

#[test]
fn dropping_during_unwinding_ends() {
    check(|| {
        let (gate, (tell, told)) = (Gate::new(), std::sync::mpsc::channel());
        let name = gate.name();
        let unwinding = thread::spawn(move || {
            let pool = pool(1);
            let future = pool.submit(crate::rig::stop_at, name);
            tell.send(future).unwrap();
            panic!("with a pool on the stack");
        });
        let future = told.recv().unwrap();
        gate.next().pass();
        assert!(unwinding.join().is_err());
        assert!(future.done(), "the drop has waited");
    });
}

#[test]
fn from_inside_a_task_of_a_thread_pool() {
    check(|| {
        let processes = Arc::new(pool(1));
        let threads = ThreadPoolExecutor::new(1).unwrap();
        let futures = numbers(&processes, 20);
        let inner = Arc::clone(&processes);
        threads.spawn(move || inner.shutdown()).result().unwrap();
        assert!(futures.iter().all(Future::done));
    });
}

#[test]
fn submitting_races_with_it_and_every_future_is_resolved() {
    check(|| {
        for round in 0..20 {
            let pool = Arc::new(pool(2));
            let inner = Arc::clone(&pool);
            let submitter = thread::spawn(move || numbers(&inner, 50));
            pool.shutdown_with(Shutdown { wait: round % 2 == 0, cancel_futures: round % 3 == 0 });
            for (n, future) in (0..).zip(submitter.join().unwrap()) {
                match future.result() {
                    Ok(same) => assert_eq!(same, n),
                    Err(error) => assert!(
                        matches!(error.kind(), TaskErrorKind::ShutDown | TaskErrorKind::Cancelled),
                        "{error}"
                    ),
                }
            }
        }
    });
}

#[test]
fn a_worker_that_is_stopped_does_not_stop_a_deadline() {
    check(|| {
        let pool = pool(1);
        let worker = pool.submit(pid, ()).result().unwrap();
        crate::rig::signal(worker, libc::SIGSTOP);
        let began = Instant::now();
        pool.shutdown_timeout(Duration::from_millis(100)).unwrap_err();
        assert!(began.elapsed() < scaled(Duration::from_secs(5)));
        pool.kill_workers();
        pool.shutdown();
        assert!(!exists(worker));
    });
}

#[test]
fn what_a_worker_writes_at_its_exit_is_written() {
    check(|| {
        let folder = crate::rig::Folder::new();
        let path = folder.0.join("written");
        let register = |path: std::path::PathBuf| {
            use std::sync::OnceLock;
            static PATH: OnceLock<std::path::PathBuf> = OnceLock::new();
            extern "C" fn write() {
                let _ = std::fs::write(PATH.get().unwrap(), "at exit");
            }
            PATH.set(path).unwrap();
            // SAFETY: the function needs nothing but its static.
            assert_eq!(unsafe { libc::atexit(write) }, 0);
        };
        let pool = pool(1);
        pool.submit(register, path.clone()).result().unwrap();
        pool.shutdown();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "at exit");
    });
}

#[test]
fn many_pools_come_and_go_and_leave_nothing() {
    check(|| {
        for round in 0..10 {
            let pools: Vec<_> = METHODS
                .iter()
                .map(|method| builder(2).start_method(*method).build().unwrap())
                .collect();
            let futures: Vec<_> = pools.iter().flat_map(|pool| numbers(pool, 5)).collect();
            if round % 2 == 0 {
                futures.iter().for_each(Future::wait);
            }
            drop(pools);
            assert!(futures.iter().all(Future::done));
        }
    });
}

//! What one task asks for.

use std::time::{Duration, Instant};

use concurrent_futures::{TaskErrorKind, TaskOptions};

use crate::rig::{Gate, builder, eventually, is_alive, pid, pool, stop_at};
use crate::watchdog::check;

const SHORT: Duration = Duration::from_millis(80);

#[test]
fn a_timeout_ends_the_task_and_its_worker() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let began = Instant::now();
        let held = gate.hold_with(&pool, TaskOptions::new().timeout(SHORT));
        let worker = held.pid();
        let error = held.future.result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::TimedOut);
        assert!(error.to_string().contains("80ms"), "{error}");
        assert!(began.elapsed() >= SHORT);
        assert_ne!(pool.submit(pid, ()).result().unwrap(), worker);
        eventually(|| !is_alive(worker));
    });
}

fn spin(_: ()) {
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn a_timeout_ends_a_task_that_computes() {
    check(|| {
        let pool = pool(1);
        let future = pool.submit_with(TaskOptions::new().timeout(SHORT), spin, ());
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::TimedOut);
    });
}

#[test]
fn a_timeout_counts_from_the_beginning_of_the_task() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let soon = TaskOptions::new().timeout(Duration::from_millis(300));
        let queued: Vec<_> = (0..4).map(|_| pool.submit_with(soon, pid, ())).collect();
        let refused = queued[0].wait_timeout(Duration::from_millis(400));
        refused.expect_err("it has not begun, so its time does not run");
        let worker = held.pid();
        held.release();
        for future in queued {
            assert_eq!(future.result().unwrap(), worker);
        }
    });
}

#[test]
fn an_option_overrides_the_pool() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(2).task_timeout(SHORT).build().unwrap();
        let unlimited = gate.hold_with(&pool, TaskOptions::new().timeout(Duration::MAX));
        let limited = gate.hold(&pool);
        assert_eq!(limited.future.result().unwrap_err().kind(), TaskErrorKind::TimedOut);
        assert!(unlimited.future.running());
        unlimited.release().result().unwrap();
    });
}

#[test]
fn a_timeout_of_zero_ends_the_task_if_it_runs_at_all() {
    check(|| {
        let pool = pool(1);
        let future = pool.submit_with(TaskOptions::new().timeout(Duration::ZERO), spin, ());
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::TimedOut);
        assert_eq!(pool.submit(|n: u8| n, 3).result().unwrap(), 3);
    });
}

#[test]
fn each_retry_is_an_attempt() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).retries(1).build().unwrap();
        let attempts = |future: &concurrent_futures::Future<u32>, deaths: u32| {
            for _ in 0..deaths {
                kill(gate.next().pid);
            }
            future.wait();
        };
        let defaults = pool.submit(stop_at, gate.name());
        attempts(&defaults, 2);
        assert_eq!(defaults.result().unwrap_err().kind(), TaskErrorKind::WorkerDied);
        let thrice = pool.submit_with(TaskOptions::new().retries(2), stop_at, gate.name());
        attempts(&thrice, 3);
        assert_eq!(thrice.result().unwrap_err().kind(), TaskErrorKind::WorkerDied);
        let never = pool.submit_with(TaskOptions::new().retries(0), stop_at, gate.name());
        attempts(&never, 1);
        let error = never.result().unwrap_err();
        assert_eq!(error.worker_exit().unwrap().signal(), Some(libc::SIGKILL));
    });
}

#[test]
fn a_retry_that_comes_to_its_end_is_the_result() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).build().unwrap();
        let future = pool.submit_with(TaskOptions::new().retries(5), stop_at, gate.name());
        let first = gate.next();
        kill(first.pid);
        let second = gate.next();
        assert_ne!(first.pid, second.pid);
        let expected = second.pid;
        second.pass();
        assert_eq!(future.result().unwrap(), expected);
    });
}

#[test]
fn panics_and_timeouts_are_not_tried_again() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).retries(3).build().unwrap();
        let error = pool.submit(crate::rig::fail, "once".to_owned()).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        let held = gate.hold_with(&pool, TaskOptions::new().timeout(SHORT));
        assert_eq!(held.future.result().unwrap_err().kind(), TaskErrorKind::TimedOut);
        assert_eq!(pool.submit(|n: u8| n, 1).result().unwrap(), 1);
    });
}

fn kill(pid: u32) {
    crate::rig::signal(pid, libc::SIGKILL);
}

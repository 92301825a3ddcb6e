//! Row 18: a worker that was stopped (SIGSTOP) answers nobody, and holds up nobody for long.

use std::time::{Duration, Instant};

use concurrent_futures::{StartMethod, TaskErrorKind, TaskOptions};

use crate::census::undisturbed;
use crate::gate::{Gate, Log, eventually};
use crate::pools::{SOON, assert_usable, error, hold, late, log, quiet, stand};
use crate::system::{SIGSTOP, signal, state};

const PATIENCE: Duration = Duration::from_millis(200);

fn pool(max_workers: usize) -> concurrent_futures::ProcessPoolExecutor {
    quiet(max_workers).start_method(StartMethod::Spawn).start_timeout(PATIENCE).build().unwrap()
}

fn stop(pid: u32) {
    assert!(signal(pid, SIGSTOP));
    eventually(|| state(pid) == Some('T'));
}

#[test]
fn busy_with_a_task_that_has_a_timeout() {
    undisturbed(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let begun = Instant::now();
        let options = TaskOptions::new().timeout(3 * SOON);
        let future = pool.submit_with(options, stand, (gate.key(), 1));
        let behind = pool.submit(|n: u64| n, 2);
        let guest = gate.guest();
        stop(guest.pid);
        let error = error(future);
        assert_eq!(error.kind(), TaskErrorKind::TimedOut, "{error}");
        assert_eq!(behind.result().unwrap(), 2);
        assert!(begun.elapsed() < late());
        assert_usable(&pool);
    });
}

#[test]
fn idle_and_then_handed_a_task() {
    undisturbed(|| {
        let (pool, log_of) = (pool(1), Log::new());
        assert_usable(&pool);
        let [pid] = pool.worker_pids()[..] else { panic!("one worker") };
        stop(pid);
        let begun = Instant::now();
        let futures: Vec<_> = (0..10).map(|n| pool.submit(log, (log_of.key(), n))).collect();
        for (n, future) in (0..).zip(futures) {
            assert_eq!(future.result().unwrap(), n);
        }
        assert!(begun.elapsed() < late());
        assert_eq!(log_of.sorted(), Vec::from_iter(0..10));
        assert!(!pool.worker_pids().contains(&pid));
    });
}

/// The manager sleeps until an hour has passed for the one, and must see to the other before.
#[test]
fn idle_while_another_task_may_take_an_hour() {
    undisturbed(|| {
        let (pool, gate, log_of) = (pool(2), Gate::new(), Log::new());
        let (one, first) = hold(&pool, &gate, 1);
        let (two, second) = hold(&pool, &gate, 2);
        let idle = first.pid;
        first.release();
        one.result().unwrap();
        second.release();
        two.result().unwrap();
        let hour = TaskOptions::new().timeout(Duration::from_secs(3600));
        stop(idle);
        let slow = pool.submit_with(hour, stand, (gate.key(), 3));
        let guest = gate.guest();
        let begun = Instant::now();
        assert_eq!(pool.submit(log, (log_of.key(), 4)).result().unwrap(), 4);
        assert!(begun.elapsed() < late());
        guest.release();
        slow.result().unwrap();
        assert_eq!(log_of.numbers(), [4]);
    });
}

#[test]
fn while_it_starts() {
    undisturbed(|| {
        let gate = Gate::new();
        let pool = quiet(1)
            .start_timeout(PATIENCE)
            .initializer(
                |key: String| {
                    crate::gate::knock(&key, 0);
                    Ok(())
                },
                gate.key(),
            )
            .build()
            .unwrap();
        let future = pool.submit(|n: u64| n, 1);
        let guest = gate.guest();
        stop(guest.pid);
        guest.gone();
        gate.guest().release();
        assert_eq!(future.result().unwrap(), 1);
    });
}

#[test]
fn a_shutdown_with_a_deadline() {
    undisturbed(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let (future, guest) = hold(&pool, &gate, 1);
        stop(guest.pid);
        let begun = Instant::now();
        pool.shutdown_timeout(SOON).unwrap_err();
        assert!((SOON..late()).contains(&begun.elapsed()));
        pool.kill_workers();
        assert_eq!(error(future).kind(), TaskErrorKind::Killed);
        guest.gone();
    });
}

#[test]
fn a_shutdown_with_an_idle_worker_stopped() {
    undisturbed(|| {
        let pool = pool(1);
        assert_usable(&pool);
        let [pid] = pool.worker_pids()[..] else { panic!("one worker") };
        stop(pid);
        let begun = Instant::now();
        pool.shutdown();
        assert!(begun.elapsed() < late());
    });
}

/// A polite request cannot reach it.
#[test]
fn asked_to_end() {
    undisturbed(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let (future, guest) = hold(&pool, &gate, 1);
        stop(guest.pid);
        pool.terminate_workers();
        assert_eq!(error(future).kind(), TaskErrorKind::Killed);
        guest.gone();
    });
}

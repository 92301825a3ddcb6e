//! A future of a task in another process: when it can be cancelled, and how it is killed.

use std::time::Duration;

use concurrent_futures::{FutureState, TaskErrorKind, TaskOptions};

use crate::rig::{Gate, METHODS, builder, eventually, is_alive, pid, pool, signal, stop_at};
use crate::watchdog::check;

#[test]
fn what_has_not_begun_is_cancelled_though_its_bytes_were_sent() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let next = pool.submit(stop_at, gate.name());
        assert_eq!(next.state(), FutureState::Pending);
        assert!(!next.running() && !next.done() && !next.cancelled());
        assert!(next.cancel());
        assert!(next.cancel(), "it was cancelled before");
        assert!(next.cancelled() && next.done() && !next.running());
        assert_eq!(next.state(), FutureState::Cancelled);
        assert_eq!(next.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
        held.release();
        let last = pool.submit(pid, ()).result();
        last.expect("a cancelled task does not run, or the gate would hold it");
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.cancelled), (2, 1));
    });
}

#[test]
fn what_runs_is_not_cancelled() {
    check(|| {
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            let gate = Gate::new();
            let held = gate.hold(&pool);
            assert!(held.future.running());
            assert_eq!(held.future.state(), FutureState::Running);
            assert!(!held.future.cancel());
            assert!(held.future.running() && !held.future.cancelled());
            let worker = held.pid();
            let future = held.release();
            future.wait();
            assert!(future.done() && !future.cancel());
            assert_eq!(future.state(), FutureState::Finished);
            assert_eq!(future.result().unwrap(), worker);
        }
    });
}

#[test]
fn cancelling_is_exact() {
    check(|| {
        let pool = pool(2);
        let (mut cancelled, mut ran) = (0, 0);
        for round in 0..2000_u32 {
            let future = pool.submit(|n: u32| n, round);
            (0..round % 50).for_each(|_| std::hint::spin_loop());
            let refused = !future.cancel();
            match future.result() {
                Ok(same) => {
                    assert!(refused && same == round);
                    ran += 1;
                }
                Err(error) => {
                    assert!(!refused && error.kind() == TaskErrorKind::Cancelled);
                    cancelled += 1;
                }
            }
        }
        pool.shutdown();
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.cancelled), (ran, cancelled));
    });
}

#[test]
fn cancelling_a_burst_leaves_the_rest_in_order() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let futures: Vec<_> = (0..300).map(|n: u32| pool.submit(|n: u32| n, n)).collect();
        let odd = futures.iter().skip(1).step_by(2);
        assert!(odd.into_iter().all(|future| future.cancel()));
        held.release();
        for (n, future) in (0..).zip(futures) {
            match future.result() {
                Ok(same) => assert!(same == n && n % 2 == 0),
                Err(error) => assert_eq!((n % 2, error.kind()), (1, TaskErrorKind::Cancelled)),
            }
        }
    });
}

#[test]
fn killing_ends_the_task_that_runs_and_nothing_else() {
    check(|| {
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            let gate = Gate::new();
            let held = gate.hold(&pool);
            let worker = held.pid();
            let queued = pool.submit(pid, ());
            assert!(held.future.kill());
            let error = held.future.result().unwrap_err();
            assert_eq!(error.kind(), TaskErrorKind::Killed);
            assert_ne!(queued.result().unwrap(), worker);
            eventually(|| !is_alive(worker));
        }
    });
}

#[test]
fn killing_a_task_that_waits_cancels_it() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let queued = pool.submit(pid, ());
        assert!(queued.kill());
        assert!(queued.cancelled());
        let worker = held.pid();
        assert_eq!(held.release().result().unwrap(), worker, "its worker goes on");
    });
}

#[test]
fn nothing_is_killed_once_it_has_finished() {
    check(|| {
        let pool = pool(1);
        let future = pool.submit(pid, ());
        future.wait();
        assert!(!future.kill());
        let worker = future.result().unwrap();
        assert_eq!(pool.submit(pid, ()).result().unwrap(), worker);
    });
}

#[test]
fn killing_twice_is_killing_once() {
    check(|| {
        let (pool, gate) = (pool(2), Gate::new());
        let held = gate.hold(&pool);
        let kills = [held.future.kill(), held.future.kill()];
        assert!(kills[0]);
        held.future.wait();
        assert!(!held.future.kill());
        assert_eq!(held.future.result().unwrap_err().kind(), TaskErrorKind::Killed);
    });
}

#[test]
fn a_killed_task_is_not_tried_again() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold_with(&pool, TaskOptions::new().retries(9));
        assert!(held.future.kill());
        assert_eq!(held.future.result().unwrap_err().kind(), TaskErrorKind::Killed);
        pool.shutdown();
    });
}

#[test]
fn a_task_that_waits_to_be_tried_again_can_be_killed() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold_with(&pool, TaskOptions::new().retries(9));
        signal(held.pid(), libc::SIGKILL);
        eventually(|| !is_alive(held.pid()));
        assert!(held.future.kill() || held.future.cancelled());
        let kind = held.future.result().unwrap_err().kind();
        assert!(matches!(kind, TaskErrorKind::Killed | TaskErrorKind::Cancelled), "{kind:?}");
        assert_eq!(pool.submit(|n: u32| n, 1).result().unwrap(), 1);
    });
}

#[test]
fn a_wait_ends_with_its_time() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        held.future.wait_timeout(Duration::ZERO).unwrap_err();
        held.future.wait_timeout(Duration::from_millis(20)).unwrap_err();
        let (future, waiting) = (held.future, held.waiting);
        let future = future.result_timeout(Duration::from_millis(20)).unwrap_err().into_inner();
        let future = future.try_result().unwrap_err();
        assert!(future.peek().is_none());
        waiting.pass();
        assert!(future.exception().is_none());
        assert_eq!(future.peek().unwrap().unwrap(), &future.peek().unwrap().unwrap().clone());
        future.result_timeout(Duration::MAX).unwrap().unwrap();
    });
}

#[test]
fn a_shared_future_is_of_the_same_task() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        let queued = pool.submit(pid, ()).shared();
        let clone = queued.clone();
        assert!(clone.cancel() && queued.cancelled());
        let worker = held.pid();
        let shared = held.release().shared();
        assert_eq!(shared.clone().result().unwrap(), &worker);
        assert_eq!(shared.result().unwrap(), &worker);
    });
}

//! Row 17: what is cancelled never runs, what is killed ends, and what is next is not stranded.

use concurrent_futures::{FutureState, TaskErrorKind};

use crate::census::either_way;
use crate::gate::{Gate, Log, eventually};
use crate::pools::{assert_usable, error, hold, log, pool};
use crate::system;

#[test]
fn a_queued_task_is_cancelled() {
    either_way(|method| {
        let (pool, gate, log_of) = (pool(method, 1), Gate::new(), Log::new());
        let (held, guest) = hold(&pool, &gate, 1);
        // The first of them are in the worker's pipe already.
        let futures: Vec<_> = (0..40).map(|n| pool.submit(log, (log_of.key(), n))).collect();
        for future in futures.iter().step_by(2) {
            assert!(future.cancel());
            assert!(future.cancel(), "again");
            assert_eq!(future.state(), FutureState::Cancelled);
        }
        assert!(!held.cancel(), "it runs");
        guest.release();
        held.result().unwrap();
        for (n, future) in (0..).zip(futures) {
            match future.result() {
                Ok(value) => assert_eq!((value, n % 2), (n, 1)),
                Err(error) => {
                    assert_eq!((error.kind(), n % 2), (TaskErrorKind::Cancelled, 0), "{error}");
                }
            }
        }
        assert_usable(&pool);
        assert_eq!(log_of.sorted(), Vec::from_iter((0..40).filter(|n| n % 2 == 1)));
        let stats = pool.stats();
        assert_eq!((stats.cancelled, stats.finished), (20, 41), "{stats:?}");
    });
}

#[test]
fn a_running_task_is_killed() {
    either_way(|method| {
        let (pool, gate, log_of) = (pool(method, 2), Gate::new(), Log::new());
        let (other, second) = hold(&pool, &gate, 2);
        let (killed, first) = hold(&pool, &gate, 1);
        let next: Vec<_> = (0..10).map(|n| pool.submit(log, (log_of.key(), n))).collect();
        assert!(killed.kill());
        let pid = first.pid;
        first.gone();
        assert_eq!(error(killed).kind(), TaskErrorKind::Killed);
        for (n, future) in (0..).zip(next) {
            assert_eq!(future.result().unwrap(), n);
        }
        assert_eq!(log_of.sorted(), Vec::from_iter(0..10));
        eventually(|| system::state(pid).is_none());
        assert!(other.running());
        second.release();
        assert_eq!(other.result().unwrap(), 2);
        assert_usable(&pool);
    });
}

#[test]
fn a_queued_task_is_killed() {
    either_way(|method| {
        let (pool, gate, log_of) = (pool(method, 1), Gate::new(), Log::new());
        let (held, guest) = hold(&pool, &gate, 1);
        let queued: Vec<_> = (0..5).map(|n| pool.submit(log, (log_of.key(), n))).collect();
        assert!(queued.iter().all(|future| future.kill()));
        for future in queued {
            assert_eq!(error(future).kind(), TaskErrorKind::Cancelled);
        }
        guest.release();
        assert_eq!(held.result().unwrap(), 1);
        assert_usable(&pool);
        assert!(log_of.numbers().is_empty());
    });
}

#[test]
fn a_finished_task_is_not_killed() {
    either_way(|method| {
        let pool = pool(method, 1);
        let future = pool.submit(|n: u64| n, 1);
        future.wait();
        let pids = pool.worker_pids();
        assert!(!future.kill());
        assert!(!future.cancel());
        assert_eq!(future.result().unwrap(), 1);
        assert_usable(&pool);
        assert_eq!(pool.worker_pids(), pids);
    });
}

/// Whatever the moment, a task that was cancelled left no trace, and one that was killed ended.
#[test]
fn a_race_of_the_task_with_those_who_end_it() {
    either_way(|method| {
        let (pool, log_of) = (pool(method, 2), Log::new());
        let mut expected = Vec::new();
        let mut unsure = Vec::new();
        for n in 0..300 {
            let future = pool.submit(log, (log_of.key(), n));
            (0..n % 50 * 20).for_each(|_| std::hint::spin_loop());
            let claimed = if n % 3 == 0 { future.kill() } else { future.cancel() };
            match future.result() {
                Ok(value) => {
                    assert!(!claimed, "{n} was ended");
                    assert_eq!(value, n);
                    expected.push(n);
                }
                Err(error) => match error.kind() {
                    TaskErrorKind::Cancelled => assert!(claimed),
                    TaskErrorKind::Killed => unsure.push(n),
                    _ => panic!("{n}: {error}"),
                },
            }
        }
        assert_usable(&pool);
        let ran = log_of.sorted();
        assert!(ran.is_sorted_by(|a, b| a < b), "something ran twice");
        assert!(expected.iter().all(|n| ran.contains(n)));
        assert!(ran.iter().all(|n| expected.contains(n) || unsure.contains(n)));
    });
}

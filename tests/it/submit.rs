//! Handing work over: closures by `spawn`, functions with an argument by `submit`.

use std::sync::Arc;
use std::thread;

use concurrent_futures::{Future, TaskErrorKind, ThreadPoolExecutor, TrySpawnError};

use crate::pool::pool;
use crate::watchdog::check;

#[test]
fn a_closure_runs_with_its_captures() {
    check(|| {
        let pool = pool(2);
        let text = String::from("captured");
        assert_eq!(pool.spawn(move || text.len()).result().unwrap(), 8);
    });
}

#[test]
fn a_closure_may_be_called_only_once() {
    check(|| {
        let text = String::from("moved out");
        assert_eq!(pool(1).spawn(move || text).result().unwrap(), "moved out");
    });
}

#[test]
fn submit_passes_the_argument() {
    fn double(number: u32) -> u32 {
        number * 2
    }
    check(|| {
        let pool = pool(1);
        assert_eq!(pool.submit(double, 21).result().unwrap(), 42);
        assert_eq!(pool.submit(|(a, b)| a + b, (1, 2)).result().unwrap(), 3);
    });
}

#[test]
fn submit_takes_arguments_that_are_no_data() {
    check(|| {
        let shared = Arc::new(7);
        let offset = 1;
        let future = pool(1).submit(move |number: Arc<i32>| *number + offset, Arc::clone(&shared));
        assert_eq!(future.result().unwrap(), 8);
    });
}

#[test]
fn tasks_run_on_other_threads() {
    check(|| {
        let worker = pool(1).spawn(|| thread::current().id()).result().unwrap();
        assert_ne!(worker, thread::current().id());
    });
}

#[test]
fn try_spawn_hands_over_when_there_is_room() {
    check(|| {
        let pool = pool(1);
        let future = pool.try_spawn(|| 5).expect("the queue has no bound");
        assert_eq!(future.result().unwrap(), 5);
    });
}

#[test]
fn a_handle_takes_every_kind_of_work() {
    check(|| {
        let pool = pool(2);
        let handle = pool.handle();
        let clone = handle.clone();
        assert_eq!(handle.spawn(|| 1).result().unwrap(), 1);
        assert_eq!(clone.submit(|n: i32| n + 1, 1).result().unwrap(), 2);
        assert_eq!(clone.try_spawn(|| 3).expect("no bound").result().unwrap(), 3);
        let squares: Vec<i32> = clone.map(|n: i32| n * n, 1..4).map(Result::unwrap).collect();
        assert_eq!(squares, [1, 4, 9]);
    });
}

#[test]
fn tasks_submit_more_work_through_a_handle() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let inner: Future<u8> = pool.spawn(move || handle.spawn(|| 9)).result().unwrap();
        assert_eq!(inner.result().unwrap(), 9);
    });
}

#[test]
fn many_threads_submit_to_one_pool() {
    check(|| {
        let pool = pool(2);
        let total: u64 = thread::scope(|scope| {
            let spawners: Vec<_> = (0..4).map(|_| scope.spawn(|| sum_of_tasks(&pool))).collect();
            spawners.into_iter().map(|spawner| spawner.join().unwrap()).sum()
        });
        assert_eq!(total, 4 * 4950);
    });
}

fn sum_of_tasks(pool: &ThreadPoolExecutor) -> u64 {
    let futures: Vec<_> = (0..100_u64).map(|number| pool.spawn(move || number)).collect();
    futures.into_iter().map(|future| future.result().unwrap()).sum()
}

#[test]
fn a_million_tasks_may_be_pending() {
    const TASKS: u64 = 1_000_000;
    check(|| {
        let pool = pool(1);
        let held = crate::pool::hold(&pool);
        let futures: Vec<Future<u64>> = (0..TASKS).map(|n| pool.spawn(move || n)).collect();
        assert_eq!(pool.stats().queued, 1_000_000);
        held.release();
        let total: u64 = futures.into_iter().map(|future| future.result().unwrap()).sum();
        assert_eq!(total, TASKS * (TASKS - 1) / 2);
    });
}

#[test]
fn results_and_closures_of_any_size_travel() {
    check(|| {
        let pool = pool(1);
        let large = [7_u8; 100_000];
        let back = pool.spawn(move || large).result().unwrap();
        assert!(back.iter().all(|&byte| byte == 7));
        pool.spawn(|| ()).result().unwrap();
    });
}

#[test]
fn closures_and_results_of_any_alignment_travel() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(align(128))]
    struct Aligned(u8);

    check(|| {
        let pool = pool(1);
        let aligned = Aligned(3);
        assert_eq!(pool.spawn(move || aligned.0).result().unwrap(), 3);
        assert_eq!(pool.spawn(move || aligned).result().unwrap(), aligned);
        let cancelled = pool.scope(|s| {
            let (wait, go) = std::sync::mpsc::channel::<()>();
            let running = s.spawn(move || go.recv().is_err());
            let queued = s.spawn(move || aligned.0);
            let cancelled = queued.cancel();
            drop(wait);
            assert!(running.result().unwrap());
            cancelled
        });
        assert!(cancelled);
        let (promise, future) = concurrent_futures::promise();
        promise.set_result(aligned).unwrap();
        assert_eq!(future.result().unwrap(), aligned);
    });
}

#[test]
fn after_a_shutdown_work_is_refused_by_the_future() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        pool.shutdown();
        let refused = [pool.spawn(|| 0), pool.submit(|n: i32| n, 0), handle.spawn(|| 0)];
        for future in refused {
            assert!(future.done(), "a refusal is known at once");
            assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::ShutDown);
        }
    });
}

#[test]
fn after_a_shutdown_try_spawn_hands_the_closure_back() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        pool.shutdown();
        let Err(TrySpawnError::ShutDown(closure)) = pool.try_spawn(|| 11) else {
            panic!("the pool has been shut down");
        };
        assert_eq!(closure(), 11);
        let Err(TrySpawnError::ShutDown(closure)) = handle.try_spawn(|| 12) else {
            panic!("the pool has been shut down");
        };
        assert_eq!(closure(), 12);
    });
}

//! Pools in workers, and pools made on threads that end.

use concurrent_futures::{ProcessPoolExecutor, ThreadPoolExecutor};

use crate::rig::{METHODS, builder, pid, pool};
use crate::watchdog::check;

/// Goes down as far as it can, and says how far that was and what stopped it.
fn descend(depth: u32) -> (u32, String) {
    match ProcessPoolExecutor::new(1) {
        Err(error) => (depth, error.to_string()),
        Ok(pool) => pool.submit(descend, depth + 1).result().unwrap(),
    }
}

#[test]
fn it_goes_eight_levels_deep_and_says_so() {
    check(|| {
        let (depth, why) = descend(0);
        assert_eq!(depth, 8);
        assert!(why.contains('8') && why.contains("levels deep"), "{why}");
    });
}

#[test]
fn a_task_may_map_over_a_pool_of_its_own() {
    check(|| {
        let sum = |upto: u64| -> u64 {
            let pool = ProcessPoolExecutor::new(2).unwrap();
            pool.map(|n: u64| n * n, 0..upto).map(Result::unwrap).sum()
        };
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            assert_eq!(pool.submit(sum, 100).result().unwrap(), 328_350);
        }
    });
}

#[test]
fn the_workers_of_a_worker_end_with_it() {
    check(|| {
        let leave = |_: ()| {
            let pool = ProcessPoolExecutor::new(1).unwrap();
            let inner = pool.submit(pid, ()).result().unwrap();
            std::mem::forget(pool);
            inner
        };
        let pool = pool(1);
        let inner = pool.submit(leave, ()).result().unwrap();
        assert!(crate::rig::is_alive(inner));
        let worker = pool.worker_pids()[0];
        crate::rig::signal(worker, libc::SIGKILL);
        crate::rig::eventually(|| !crate::rig::is_alive(inner));
    });
}

#[test]
fn a_task_may_use_threads() {
    check(|| {
        let run = |n: u64| {
            let pool = ThreadPoolExecutor::new(2).unwrap();
            pool.map(|n: u64| n + 1, 0..n).map(Result::unwrap).sum::<u64>()
        };
        assert_eq!(pool(1).submit(run, 100).result().unwrap(), 5050);
    });
}

#[test]
fn a_pool_outlives_the_thread_that_made_it() {
    check(|| {
        for method in METHODS {
            let make = move || {
                let pool = builder(1).start_method(method).build().unwrap();
                let worker = pool.submit(pid, ()).result().unwrap();
                (pool, worker)
            };
            let (pool, worker) = std::thread::spawn(make).join().unwrap();
            for _ in 0..20 {
                assert_eq!(pool.submit(pid, ()).result().unwrap(), worker);
            }
        }
    });
}

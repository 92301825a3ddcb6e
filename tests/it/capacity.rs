//! `queue_capacity`: a full queue makes the spawner wait, but never a worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use concurrent_futures::{Shutdown, TaskErrorKind, ThreadPoolExecutor, TrySpawnError};

use crate::pool::{hold, hold_all};
use crate::watchdog::check;

fn bounded(max_workers: usize, capacity: usize) -> ThreadPoolExecutor {
    let builder = ThreadPoolExecutor::builder().max_workers(max_workers);
    builder.queue_capacity(capacity).build().expect("this is a fine pool")
}

/// True when the queue of `pool` has no room.
fn full(pool: &ThreadPoolExecutor) -> bool {
    matches!(pool.try_spawn(|| ()), Err(TrySpawnError::Full(_)))
}

#[test]
fn try_spawn_hands_the_closure_back_when_the_queue_is_full() {
    check(|| {
        let pool = bounded(1, 2);
        let held = hold(&pool);
        let queued = [pool.spawn(|| 1), pool.spawn(|| 2)];
        let Err(TrySpawnError::Full(closure)) = pool.try_spawn(|| 3) else {
            panic!("two are queued");
        };
        assert_eq!(closure(), 3);
        let Err(refused) = pool.handle().try_spawn(|| 3) else { panic!("two are queued") };
        assert!(refused.to_string().contains("full"), "{refused}");
        held.release();
        assert!(queued.into_iter().map(|future| future.result().unwrap()).eq(1..=2));
        assert!(pool.try_spawn(|| 4).is_ok());
    });
}

#[test]
fn a_running_task_takes_no_place() {
    check(|| {
        let pool = bounded(2, 1);
        let held = hold_all(&pool, 2);
        let queued = pool.try_spawn(|| ()).expect("nothing is queued");
        assert!(full(&pool));
        drop(held);
        queued.result().unwrap();
    });
}

#[test]
fn spawn_waits_for_room() {
    check(|| {
        let pool = bounded(1, 3);
        let accepted = AtomicUsize::new(0);
        let held = hold(&pool);
        thread::scope(|scope| {
            let spawner = scope.spawn(|| {
                let spawn = |number: usize| {
                    let future = pool.spawn(move || number);
                    accepted.fetch_add(1, Ordering::SeqCst);
                    future
                };
                let futures: Vec<_> = (0..50).map(spawn).collect();
                futures.into_iter().map(|future| future.result().unwrap()).sum::<usize>()
            });
            while accepted.load(Ordering::SeqCst) < 3 {
                thread::yield_now();
            }
            thread::yield_now();
            assert!(accepted.load(Ordering::SeqCst) <= 3, "the worker has not taken one yet");
            held.release();
            assert_eq!(spawner.join().unwrap(), 49 * 50 / 2);
        });
    });
}

/// Tasks count those accepted and not begun, which the bound limits.
#[test]
fn the_queue_never_holds_more_than_its_capacity() {
    check(|| {
        let pool = bounded(2, 4);
        let most = Arc::new(AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..300 {
                        let most = Arc::clone(&most);
                        pool.spawn(move || most.fetch_add(1, Ordering::SeqCst));
                        assert!(pool.stats().queued <= 4);
                    }
                });
            }
        });
        pool.shutdown();
        assert_eq!(most.load(Ordering::SeqCst), 900);
    });
}

#[test]
fn a_cancelled_task_frees_its_place_at_once() {
    check(|| {
        let pool = bounded(1, 1);
        let _held = hold(&pool);
        for _ in 0..100 {
            let queued = pool.try_spawn(|| ()).expect("the one before was cancelled");
            assert!(full(&pool));
            assert!(queued.cancel());
        }
    });
}

#[test]
fn a_cancellation_lets_a_waiting_spawner_in() {
    check(|| {
        let pool = bounded(1, 1);
        let held = hold(&pool);
        for _ in 0..50 {
            let queued = pool.spawn(|| ());
            thread::scope(|scope| {
                let spawner = scope.spawn(|| pool.spawn(|| ()));
                assert!(queued.cancel());
                assert!(spawner.join().unwrap().cancel(), "the worker is held all the time");
            });
        }
        held.release();
    });
}

#[test]
fn a_shutdown_releases_the_spawner_that_waits() {
    check(|| {
        for _ in 0..100 {
            let pool = bounded(1, 1);
            let held = hold(&pool);
            let queued = pool.spawn(|| 1);
            let handle = pool.handle();
            let spawner = thread::spawn(move || handle.spawn(|| 2).result().unwrap_err().kind());
            pool.shutdown_with(Shutdown { wait: false, cancel_futures: false });
            assert_eq!(spawner.join().unwrap(), TaskErrorKind::ShutDown);
            held.release();
            assert_eq!(queued.result().unwrap(), 1, "what was accepted is done");
        }
    });
}

/// The drop waits for the held task, which the spawner lets go once it has been refused.
#[test]
fn dropping_the_pool_releases_the_spawner_that_waits() {
    check(|| {
        let pool = bounded(1, 1);
        let (held, release) = hold(&pool).into_parts();
        let queued = pool.spawn(|| 1);
        let handle = pool.handle();
        let (begin, begun) = mpsc::channel();
        let spawner = thread::spawn(move || {
            begin.send(()).unwrap();
            let refused = handle.spawn(|| 2);
            drop(release);
            refused.result().unwrap_err().kind()
        });
        begun.recv().unwrap();
        drop(pool);
        assert_eq!(spawner.join().unwrap(), TaskErrorKind::ShutDown);
        assert_eq!(queued.result().unwrap(), 1);
        held.result().unwrap();
    });
}

#[test]
fn a_worker_goes_over_the_bound_of_its_own_pool() {
    check(|| {
        let pool = bounded(1, 1);
        let handle = pool.handle();
        let outer = pool.spawn(move || {
            let inner: Vec<_> = (0..20).map(|number| handle.spawn(move || number)).collect();
            inner.into_iter().map(|future| future.result().unwrap()).sum::<i32>()
        });
        assert_eq!(outer.result().unwrap(), 190);
    });
}

#[test]
fn a_worker_that_only_spawns_does_not_wait_either() {
    check(|| {
        let pool = bounded(1, 1);
        let handle = pool.handle();
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let spawner = pool.spawn(move || {
            for _ in 0..20 {
                let counter = Arc::clone(&counter);
                drop(handle.spawn(move || counter.fetch_add(1, Ordering::SeqCst)));
            }
        });
        spawner.result().unwrap();
        pool.shutdown();
        assert_eq!(ran.load(Ordering::SeqCst), 20);
    });
}

#[test]
fn two_bounded_pools_that_feed_each_other_do_not_hang() {
    check(|| {
        let (one, other) = (bounded(1, 1), bounded(1, 1));
        let (to_one, to_other) = (one.handle(), other.handle());
        let there = one.spawn(move || {
            (0..10).map(|n| to_other.spawn(move || n).result().unwrap()).sum::<i32>()
        });
        let back = other
            .spawn(move || (0..10).map(|n| to_one.spawn(move || n).result().unwrap()).sum::<i32>());
        assert_eq!((there.result().unwrap(), back.result().unwrap()), (45, 45));
    });
}

#[test]
fn a_map_goes_through_a_narrow_queue() {
    check(|| {
        let pool = bounded(2, 1);
        let results = pool.map(|n: i32| n, 0..100).chunksize(1).buffersize(20);
        assert!(results.map(Result::unwrap).eq(0..100));
    });
}

#[test]
fn a_place_taken_by_a_claimed_task_is_free_again() {
    check(|| {
        let pool = bounded(1, 2);
        let handle = pool.handle();
        let outer = pool.spawn(move || {
            for _ in 0..10 {
                handle.spawn(|| ()).result().unwrap();
            }
        });
        outer.result().unwrap();
        let held = hold(&pool);
        let queued = [0; 2].map(|number| pool.try_spawn(move || number));
        assert!(queued.iter().all(Result::is_ok), "both places are free");
        assert!(full(&pool));
        held.release();
    });
}

#[test]
fn many_spawners_wait_and_all_get_in() {
    check(|| {
        let pool = bounded(1, 1);
        let held = hold(&pool);
        thread::scope(|scope| {
            let pool = &pool;
            let spawners: Vec<_> =
                (0..6).map(|n| scope.spawn(move || pool.spawn(move || n))).collect();
            held.release();
            let futures = spawners.into_iter().map(|spawner| spawner.join().unwrap());
            let sum: i32 = futures.map(|future| future.result().unwrap()).sum();
            assert_eq!(sum, 15);
        });
    });
}

#[test]
fn a_map_inside_a_worker_goes_through_a_narrow_queue() {
    check(|| {
        let pool = bounded(1, 1);
        let handle = pool.handle();
        let sum = pool.spawn(move || {
            handle.map(|n: i32| n, 0..100).chunksize(1).map(Result::unwrap).sum::<i32>()
        });
        assert_eq!(sum.result().unwrap(), 4950);
    });
}

#[test]
fn a_stream_goes_through_a_narrow_queue() {
    use futures::StreamExt;
    check(|| {
        let pool = bounded(1, 1);
        let stream = pool.map(|n: i32| n, 0..50).chunksize(1).into_stream();
        let results: Vec<i32> = futures::executor::block_on(stream.map(Result::unwrap).collect());
        assert!(results.into_iter().eq(0..50));
    });
}

#[test]
fn a_scope_goes_through_a_narrow_queue() {
    check(|| {
        let pool = bounded(2, 1);
        let ran = AtomicUsize::new(0);
        pool.scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    ran.fetch_add(1, Ordering::SeqCst);
                    scope.spawn(|| ran.fetch_add(1, Ordering::SeqCst));
                });
            }
        });
        assert_eq!(ran.load(Ordering::SeqCst), 100);
    });
}

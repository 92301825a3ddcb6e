//! A bounded queue: spawners wait for a place, and get one, or a refusal when the pool closes.

use shuttle::thread;

use crate::{TaskErrorKind, ThreadPoolExecutor};

use super::model::{Tally, explore};

fn bounded(workers: usize, capacity: usize) -> ThreadPoolExecutor {
    let builder = ThreadPoolExecutor::builder().max_workers(workers).queue_capacity(capacity);
    builder.build().unwrap()
}

#[test]
fn spawners_get_their_turn() {
    explore(|| {
        let tally = Tally::default();
        let pool = bounded(1, 1);
        let spawn = |_| {
            let (handle, tally) = (pool.handle(), tally.clone());
            thread::spawn(move || {
                (0..2).for_each(|_| drop(tally.spawn(&handle)));
            })
        };
        let spawners: Vec<_> = (0..3).map(spawn).collect();
        spawners.into_iter().for_each(|spawner| spawner.join().unwrap());
        drop(pool);
        assert_eq!(tally.ran(), 6);
        assert_eq!(tally.alive(), 0);
    });
}

#[test]
fn a_shutdown_sends_spawners_away() {
    explore(|| {
        let tally = Tally::default();
        let pool = bounded(1, 1);
        let spawn = |_| {
            let (handle, tally) = (pool.handle(), tally.clone());
            thread::spawn(move || tally.spawn(&handle))
        };
        let spawners: Vec<_> = (0..3).map(spawn).collect();
        pool.shutdown();
        let mut succeeded = 0;
        for spawner in spawners {
            match spawner.join().unwrap().result() {
                Ok(_) => succeeded += 1,
                Err(error) => assert_eq!(error.kind(), TaskErrorKind::ShutDown),
            }
        }
        assert_eq!(succeeded, tally.ran());
        drop(pool);
        assert_eq!(tally.alive(), 0);
    });
}

/// A cancelled task gives its place to the next.
#[test]
fn a_cancelled_task_makes_room() {
    explore(|| {
        let pool = bounded(1, 1);
        let (go, wait) = shuttle::sync::mpsc::channel::<()>();
        let running = pool.spawn(move || wait.recv());
        let queued = pool.spawn(|| ());
        let handle = pool.handle();
        let spawner = thread::spawn(move || handle.spawn(|| 3).result().unwrap());
        let cancelled = queued.cancel();
        drop(go);
        assert_eq!(spawner.join().unwrap(), 3);
        assert!(running.result().unwrap().is_err());
        assert_eq!(queued.result().is_err(), cancelled);
    });
}

/// A worker goes over the bound rather than wait for itself.
#[test]
fn a_worker_never_waits_for_a_place() {
    explore(|| {
        let pool = bounded(1, 1);
        let handle = pool.handle();
        let outer = pool.spawn(move || {
            let inner: Vec<_> = (0..3).map(|n| handle.spawn(move || n)).collect();
            inner.into_iter().map(|future| future.result().unwrap()).sum::<usize>()
        });
        let other = pool.spawn(|| 4);
        assert_eq!(outer.result().unwrap() + other.result().unwrap(), 7);
    });
}

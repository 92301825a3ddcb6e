//! Workers that cannot be made ready, and workers that leave for want of work.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use shuttle::thread;

use crate::{TaskErrorKind, ThreadPoolExecutor};

use super::model::{Tally, explore};

/// Everything queued ends, also behind a cancelled task, and so does what comes later.
#[test]
fn a_failed_initializer() {
    for workers in 1..=2 {
        explore(move || {
            let tally = Tally::default();
            let builder = ThreadPoolExecutor::builder().max_workers(workers);
            let pool = builder.initializer(|| Err::<(), _>("no licence")).build().unwrap();
            let futures: Vec<_> = (0..3).map(|_| pool.spawn(tally.work())).collect();
            let handle = pool.handle();
            let late = {
                let tally = tally.clone();
                thread::spawn(move || tally.spawn(&handle).result().err().unwrap().kind())
            };
            let cancelled = futures[0].cancel();
            for (index, future) in futures.into_iter().enumerate() {
                let kind = future.result().err().unwrap().kind();
                let expected = match index == 0 && cancelled {
                    true => TaskErrorKind::Cancelled,
                    false => TaskErrorKind::Broken,
                };
                assert_eq!(kind, expected);
            }
            assert_eq!(late.join().unwrap(), TaskErrorKind::Broken);
            drop(pool);
            assert_eq!((tally.ran(), tally.alive()), (0, 0));
        });
    }
}

/// The second worker fails while the first one works: what runs finishes, the rest is refused.
#[test]
fn an_initializer_that_fails_later() {
    explore(|| {
        let tally = Tally::default();
        let started = AtomicUsize::new(0);
        let ready = move || if started.fetch_add(1, SeqCst) == 0 { Ok(()) } else { Err("no more") };
        let pool = ThreadPoolExecutor::builder().max_workers(2).initializer(ready).build().unwrap();
        let futures: Vec<_> = (0..4).map(|_| pool.spawn(tally.work())).collect();
        let outcomes = futures.into_iter().map(|future| future.result());
        let succeeded = outcomes
            .filter(|outcome| {
                let kind = outcome.as_ref().err().map(|error| error.kind());
                assert!(kind.is_none_or(|kind| kind == TaskErrorKind::Broken));
                kind.is_none()
            })
            .count();
        assert_eq!(succeeded, tally.ran());
        drop(pool);
        assert_eq!(tally.alive(), 0);
    });
}

/// Pushes against workers whose keep-alive time runs out at any moment.
#[test]
fn workers_that_leave() {
    for workers in 1..=2 {
        explore(move || {
            let tally = Tally::default();
            let builder = ThreadPoolExecutor::builder().max_workers(workers);
            let pool = builder.keep_alive(Duration::from_hours(1)).build().unwrap();
            for _ in 0..3 {
                assert!(pool.spawn(tally.work()).result().is_ok());
            }
            let handle = pool.handle();
            let outer = pool.spawn(move || handle.spawn(|| 2).result().unwrap());
            assert_eq!(outer.result().unwrap(), 2);
            drop(pool);
            assert_eq!((tally.ran(), tally.alive()), (3, 0));
        });
    }
}

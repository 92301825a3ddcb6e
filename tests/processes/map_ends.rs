//! How a map ends early.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use concurrent_futures::{Shutdown, TaskErrorKind};

use crate::rig::{Gate, eventually, pid, pool, stop_at};
use crate::watchdog::check;

#[test]
fn dropping_it_cancels_what_has_not_begun() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let name = gate.name();
        let map = pool.map(stop_at, (0..6).map(move |_| name.clone()));
        let map = map.chunksize(1).buffersize(6).start();
        let first = gate.next();
        drop(map);
        first.pass();
        pool.shutdown();
        let stats = pool.stats();
        assert_eq!((stats.finished, stats.queued), (1, 0), "{stats:?}");
    });
}

#[test]
fn dropping_it_cancels_inside_a_chunk_too() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let name = gate.name();
        let map = pool.map(stop_at, (0..6).map(move |_| name.clone()));
        let map = map.chunksize(6).start();
        let first = gate.next();
        drop(map);
        first.pass();
        // Were the others still to run, this one would never be run.
        let after = pool.submit(|n: u32| n, 8);
        assert_eq!(after.result().unwrap(), 8);
        pool.shutdown();
    });
}

/// What has left the window of a busy worker was never in the queue, and nobody is missing from
/// that.
#[test]
fn dropping_it_holds_up_nothing_that_comes_later() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let held = gate.hold(&pool);
        for _ in 0..3 {
            drop(pool.map(|n: u32| n, 0..1).chunksize(1).start());
        }
        let after = pool.submit(pid, ());
        held.release();
        after.result().unwrap();
        pool.shutdown();
    });
}

#[test]
fn a_deadline_ends_it_with_one_error() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let name = gate.name();
        let limit = Duration::from_millis(100);
        let began = Instant::now();
        let mut map = pool.map(stop_at, (0..3).map(move |_| name.clone())).timeout(limit);
        let error = map.next().unwrap().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::TimedOut);
        assert!(began.elapsed() >= limit);
        assert!(map.next().is_none());
        drop(map);
        gate.next().pass();
    });
}

#[test]
fn a_deadline_of_zero_ends_it_at_once() {
    check(|| {
        let pool = pool(1);
        let mut map = pool.map(|n: u32| n, 0..).timeout(Duration::ZERO);
        assert_eq!(map.next().unwrap().unwrap_err().kind(), TaskErrorKind::TimedOut);
        assert!(map.next().is_none());
    });
}

#[test]
fn a_shutdown_ends_it_after_what_is_finished() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let name = gate.name();
        let items = (0..).map(move |number| (number, (number == 2).then(|| name.clone())));
        let run = |(number, gate): (u32, Option<String>)| {
            gate.map(stop_at);
            number
        };
        let mut map = pool.map(run, items).chunksize(1).buffersize(4).start();
        let third = gate.next();
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
        third.pass();
        assert!(map.by_ref().take(3).map(Result::unwrap).eq(0..3));
        assert_eq!(map.next().unwrap().unwrap_err().kind(), TaskErrorKind::ShutDown);
        assert!(map.next().is_none());
    });
}

#[test]
fn it_refuses_after_a_shutdown() {
    check(|| {
        let pool = pool(1);
        pool.shutdown();
        let mut map = pool.map(|n: u32| n, 0..3);
        assert_eq!(map.next().unwrap().unwrap_err().kind(), TaskErrorKind::ShutDown);
        assert!(map.next().is_none());
    });
}

#[test]
fn a_panic_of_the_source_is_the_callers() {
    check(|| {
        let pool = pool(1);
        let source = (0..10).inspect(|n| assert!(*n < 3, "the source ends badly"));
        let map = pool.map(|n: u32| n, source).chunksize(1);
        let panicked = catch_unwind(AssertUnwindSafe(|| map.map(Result::unwrap).count()));
        assert!(panicked.is_err());
        assert_eq!(pool.submit(|n: u32| n, 4).result().unwrap(), 4);
    });
}

#[test]
fn killing_the_workers_ends_it() {
    check(|| {
        let (pool, gate) = (pool(1), Gate::new());
        let name = gate.name();
        let mut map = pool.map(stop_at, std::iter::repeat_with(move || name.clone()));
        let first = std::thread::scope(|scope| {
            let next = scope.spawn(|| map.next());
            let _running = gate.next();
            pool.kill_workers();
            next.join().unwrap()
        });
        let kind = first.unwrap().unwrap_err().kind();
        assert!(matches!(kind, TaskErrorKind::Killed | TaskErrorKind::ShutDown), "{kind:?}");
        assert!(map.take_while(|item| item.is_err()).count() < 100_000);
    });
}

#[test]
fn a_map_that_is_never_pulled_runs_nothing() {
    check(|| {
        let pool = pool(1);
        drop(pool.map(|n: u32| n, 0..10));
        assert_eq!(pool.stats().workers, 0);
        let started = pool.map(|n: u32| n, 0..10).start();
        eventually(|| pool.stats().finished > 0);
        drop(started);
    });
}

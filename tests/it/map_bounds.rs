//! How far `map` looks ahead: not at all before it is asked, and never beyond its buffer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use concurrent_futures::{Map, ThreadPoolExecutor};

use crate::pool::{eventually, pool};
use crate::watchdog::check;

/// What a source has given away, and how much of it has come out at the other end.
#[derive(Clone, Default)]
struct Meter {
    pulled: Arc<AtomicUsize>,
    yielded: Arc<AtomicUsize>,
    ahead: Arc<AtomicUsize>,
}

impl Meter {
    /// Numbers without an end.
    fn endless(&self) -> impl Iterator<Item = usize> + Send + 'static {
        let meter = self.clone();
        (0..).inspect(move |_| meter.pull())
    }

    fn pull(&self) {
        let pulled = self.pulled.fetch_add(1, Ordering::SeqCst) + 1;
        self.ahead.fetch_max(pulled - self.yielded.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Takes `count` items, and counts each when `next` has returned with it.
    fn take(&self, map: &mut Map<'_, usize>, count: usize) {
        for _ in 0..count {
            map.next().expect("the source is endless").unwrap();
            self.yielded.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn pulled(&self) -> usize {
        self.pulled.load(Ordering::SeqCst)
    }

    /// The most that was ever pulled and not yet yielded.
    fn ahead(&self) -> usize {
        self.ahead.load(Ordering::SeqCst)
    }
}

#[test]
fn nothing_is_pulled_before_the_first_next() {
    check(|| {
        let (pool, meter) = (pool(1), Meter::default());
        let mut map = pool.map(|n| n, meter.endless()).buffersize(3).chunksize(1);
        assert_eq!(meter.pulled(), 0);
        assert_eq!(pool.stats().workers, 0);
        meter.take(&mut map, 1);
        assert!((1..=4).contains(&meter.pulled()));
    });
}

#[test]
fn start_begins_before_the_first_next() {
    check(|| {
        let (pool, meter) = (pool(1), Meter::default());
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let count = move |n| {
            counter.fetch_add(1, Ordering::SeqCst);
            n
        };
        let map = pool.map(count, meter.endless()).buffersize(4).start();
        assert!((1..=4).contains(&meter.pulled()));
        eventually(|| ran.load(Ordering::SeqCst) >= 1);
        drop(map);
    });
}

#[test]
fn the_buffer_is_a_strict_bound() {
    check(|| {
        let pool = pool(3);
        for buffer in 1..=9 {
            for chunk in [None, Some(1), Some(2), Some(3), Some(100)] {
                let ahead = ahead_of(&pool, buffer, chunk);
                assert!(ahead <= buffer, "{ahead} ahead, buffer {buffer}, chunks of {chunk:?}");
                assert!(ahead > 0);
            }
        }
    });
}

fn ahead_of(pool: &ThreadPoolExecutor, buffer: usize, chunk: Option<usize>) -> usize {
    let meter = Meter::default();
    let map = pool.map(|n| n, meter.endless()).buffersize(buffer);
    let mut map = match chunk {
        Some(chunk) => map.chunksize(chunk),
        None => map,
    };
    meter.take(&mut map, 100);
    drop(map);
    meter.ahead()
}

#[test]
fn the_bound_holds_unordered_and_started_as_well() {
    check(|| {
        let pool = pool(3);
        let (unordered, started) = (Meter::default(), Meter::default());
        let mut map = pool.map(|n| n, unordered.endless()).buffersize(5).unordered();
        unordered.take(&mut map, 200);
        drop(map);
        let mut map = pool.map(|n| n, started.endless()).chunksize(2).buffersize(5).start();
        started.take(&mut map, 200);
        drop(map);
        assert!(unordered.ahead() <= 5 && started.ahead() <= 5);
    });
}

#[test]
fn a_buffer_keeps_that_many_workers_busy() {
    check(|| {
        let pool = pool(2);
        let barrier = Arc::new(std::sync::Barrier::new(2));
        let meet = move |_: i32| _ = barrier.wait();
        let met = pool.map(meet, 0..20).chunksize(1).buffersize(2);
        assert_eq!(met.map(Result::unwrap).count(), 20);
    });
}

#[test]
fn the_default_is_bounded_too() {
    check(|| {
        let (pool, meter) = (pool(2), Meter::default());
        let mut map = pool.map(|n| n, meter.endless());
        meter.take(&mut map, 300_000);
        drop(map);
        assert!(meter.ahead() <= 1 << 17, "{} ahead", meter.ahead());
    });
}

#[test]
fn endless_sources_are_as_good_as_others() {
    check(|| {
        let pool = pool(2);
        let squares: Vec<u64> = pool.map(|n: u64| n * n, 0..).take(5).map(Result::unwrap).collect();
        assert_eq!(squares, [0, 1, 4, 9, 16]);
    });
}

fn panics(what: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(what)).is_err()
}

#[test]
fn a_size_of_zero_panics() {
    check(|| {
        let pool = pool(1);
        assert!(panics(|| drop(pool.map(|n: i32| n, 0..3).chunksize(0))));
        assert!(panics(|| drop(pool.map(|n: i32| n, 0..3).buffersize(0))));
    });
}

#[test]
fn a_map_that_has_begun_takes_no_more_settings() {
    check(|| {
        let pool = pool(1);
        let started = || pool.map(|n: i32| n, 0..3).start();
        assert!(panics(|| drop(started().chunksize(1))));
        assert!(panics(|| drop(started().buffersize(1))));
        assert!(panics(|| drop(started().unordered())));
        assert!(panics(|| drop(started().timeout(std::time::Duration::MAX))));
    });
}

//! How a `map` ends early: dropped, shut down, or by a panic of its source.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use concurrent_futures::{Shutdown, TaskErrorKind};

use crate::pool::{hold, pool};
use crate::watchdog::check;

/// Counts the items that ran; the first of them says so and waits for the test.
struct Gate {
    ran: AtomicUsize,
    entered: Mutex<Sender<()>>,
    opened: Mutex<Receiver<()>>,
}

impl Gate {
    /// The gate, what tells that the first item is in it, and what opens it when it is dropped.
    fn new() -> (Arc<Self>, Receiver<()>, Sender<()>) {
        let (enter, entered) = mpsc::channel();
        let (open, opened) = mpsc::channel();
        let gate = Self {
            ran: AtomicUsize::new(0),
            entered: Mutex::new(enter),
            opened: Mutex::new(opened),
        };
        (Arc::new(gate), entered, open)
    }

    fn pass(&self, number: i32) -> i32 {
        if self.ran.fetch_add(1, Ordering::SeqCst) == 0 {
            self.entered.lock().unwrap().send(()).unwrap();
            let _ = self.opened.lock().unwrap().recv();
        }
        number
    }

    fn ran(&self) -> usize {
        self.ran.load(Ordering::SeqCst)
    }
}

#[test]
fn dropping_cancels_what_has_not_started() {
    check(|| {
        let pool = pool(1);
        let (gate, entered, open) = Gate::new();
        let inside = Arc::clone(&gate);
        let map = pool.map(move |n| inside.pass(n), 0..100).chunksize(1).buffersize(50).start();
        entered.recv().unwrap();
        drop(map);
        drop(open);
        pool.shutdown();
        assert_eq!(gate.ran(), 1);
    });
}

#[test]
fn dropping_cancels_the_rest_of_a_chunk_that_has_started() {
    check(|| {
        let pool = pool(1);
        let (gate, entered, open) = Gate::new();
        let inside = Arc::clone(&gate);
        let map = pool.map(move |n| inside.pass(n), 0..100).chunksize(100).buffersize(100).start();
        entered.recv().unwrap();
        drop(map);
        drop(open);
        pool.shutdown();
        assert_eq!(gate.ran(), 1);
    });
}

#[test]
fn a_map_dropped_before_it_began_does_nothing() {
    check(|| {
        let pool = pool(1);
        let touched = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&touched);
        let source = (0..5).inspect(move |_| flag.store(true, Ordering::SeqCst));
        drop(pool.map(|n: i32| n, source));
        pool.shutdown();
        assert!(!touched.load(Ordering::SeqCst));
        assert_eq!(pool.stats().workers, 0);
    });
}

#[test]
fn a_map_dropped_half_way_leaves_the_pool_usable() {
    check(|| {
        let pool = pool(2);
        for taken in 0..20 {
            let mut map = pool.map(|n: usize| n, 0..).buffersize(7);
            assert!(map.by_ref().take(taken).map(Result::unwrap).eq(0..taken));
        }
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
        pool.shutdown();
    });
}

/// Nothing is pulled after the shutdown, so what was accepted before it is all there is.
#[test]
fn after_a_shutdown_the_finished_come_then_one_error_then_the_end() {
    check(|| {
        for (unordered, chunk) in [(false, 1), (true, 1), (false, 4), (true, 4)] {
            let pool = pool(2);
            let map = pool.map(|n: i32| n, 0..100).chunksize(chunk).buffersize(8);
            let mut map = if unordered { map.unordered() } else { map };
            let mut results = vec![map.next().unwrap().unwrap()];
            pool.shutdown();
            let refused = loop {
                match map.next().expect("a shutdown is told") {
                    Ok(number) => results.push(number),
                    Err(error) => break error,
                }
            };
            assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
            assert!(map.next().is_none() && map.next().is_none());
            results.sort_unstable();
            assert!(results.iter().copied().eq(0..results.len() as i32), "{results:?}");
        }
    });
}

#[test]
fn a_shutdown_after_the_last_input_takes_nothing_away() {
    check(|| {
        let pool = pool(1);
        let map = pool.map(|n: i32| n, 0..10).buffersize(20).start();
        pool.shutdown();
        let (good, bad): (Vec<_>, Vec<_>) = map.partition(Result::is_ok);
        assert!(good.into_iter().map(Result::unwrap).eq(0..10));
        assert!(bad.iter().all(|end| end.as_ref().unwrap_err().kind() == TaskErrorKind::ShutDown));
        assert!(bad.len() <= 1);
    });
}

#[test]
fn a_map_of_a_pool_that_was_shut_down_says_so_once() {
    check(|| {
        let pool = pool(1);
        pool.shutdown();
        let mut map = pool.map(|n: i32| n, 0..10);
        assert_eq!(map.next().unwrap().unwrap_err().kind(), TaskErrorKind::ShutDown);
        assert!(map.next().is_none());
        let mut started = pool.map(|n: i32| n, 0..10).start();
        assert_eq!(started.next().unwrap().unwrap_err().kind(), TaskErrorKind::ShutDown);
        assert!(started.next().is_none());
    });
}

#[test]
fn a_cancelling_shutdown_ends_a_map() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let map = pool.map(|n: i32| n, 0..10).buffersize(5).chunksize(1).start();
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
        held.release();
        let ends: Vec<TaskErrorKind> = map.map(|item| item.unwrap_err().kind()).collect();
        assert!(!ends.is_empty());
        let told = |&kind: &TaskErrorKind| {
            matches!(kind, TaskErrorKind::Cancelled | TaskErrorKind::ShutDown)
        };
        assert!(ends.iter().all(told), "{ends:?}");
        assert!(ends.len() <= 6, "five were accepted: {ends:?}");
    });
}

/// Numbers up to `end`, at which the source panics.
fn panicking_source(end: i32) -> impl Iterator<Item = i32> + Send {
    (0..).inspect(move |&number| assert!(number < end, "the source is broken"))
}

#[test]
fn a_panic_of_the_source_is_the_callers() {
    check(|| {
        let pool = pool(2);
        let mut map = pool.map(|n: i32| n, panicking_source(5)).buffersize(1).chunksize(1);
        for expected in 0..5 {
            assert_eq!(map.next().unwrap().unwrap(), expected);
        }
        let payload = catch_unwind(AssertUnwindSafe(|| map.next())).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "the source is broken");
        drop(map);
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
    });
}

#[test]
fn a_source_that_panics_at_once_harms_nobody() {
    check(|| {
        let pool = pool(2);
        let start = || drop(pool.map(|n: i32| n, panicking_source(0)).start());
        assert!(catch_unwind(AssertUnwindSafe(start)).is_err());
        let start = || drop(pool.map(|n: i32| n, panicking_source(7)).buffersize(20).start());
        assert!(catch_unwind(AssertUnwindSafe(start)).is_err());
        pool.shutdown();
    });
}

#[test]
fn a_source_is_not_asked_again_after_its_end() {
    check(|| {
        let pool = pool(2);
        let mut left = 3;
        let ended = AtomicBool::new(false);
        let source = std::iter::from_fn(move || {
            assert!(!ended.load(Ordering::SeqCst), "asked again after its end");
            ended.store(left == 0, Ordering::SeqCst);
            left = (left - 1).max(-1);
            (left >= 0).then_some(left)
        });
        let mut map = pool.map(|n: i32| n, source);
        assert_eq!(map.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [2, 1, 0]);
        assert!(map.next().is_none());
    });
}

#[test]
fn a_map_on_a_handle_survives_the_drop_of_its_pool() {
    check(|| {
        for unordered in [false, true] {
            let pool = pool(1);
            let map = pool.handle().map(|n: usize| n, 0..).buffersize(6).chunksize(2);
            let mut map = if unordered { map.unordered() } else { map };
            assert_eq!(map.next().unwrap().unwrap(), 0);
            drop(pool);
            let mut rest = Vec::new();
            map.for_each(|result| rest.push(result));
            let (last, finished) = rest.split_last().unwrap();
            assert_eq!(last.as_ref().unwrap_err().kind(), TaskErrorKind::ShutDown);
            let finished = finished.iter().map(|result| *result.as_ref().unwrap());
            assert!(finished.eq(1..rest.len()));
        }
    });
}

/// The source has no end, but its map has one, so what it says of its size must not forbid this.
#[test]
fn an_endless_map_with_an_end_can_be_collected() {
    check(|| {
        let pool = pool(1);
        let (never, gate) = concurrent_futures::promise::<()>();
        let gate = gate.shared();
        let second_waits = move |number: usize| {
            if number > 0 {
                gate.wait();
            }
        };
        let late = pool.map(second_waits, 0..).chunksize(1).buffersize(9);
        let late = late.timeout(std::time::Duration::from_millis(100));
        let results: Vec<_> = late.collect();
        assert_eq!(results.last().unwrap().as_ref().unwrap_err().kind(), TaskErrorKind::TimedOut);
        never.set_result(()).unwrap();
    });
}

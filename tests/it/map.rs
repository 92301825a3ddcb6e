//! `map`: results in input order, each error its own item's.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread::{self, ThreadId};

use concurrent_futures::{TaskErrorKind, ThreadPoolExecutor, promise};
use futures::StreamExt;
use futures::executor::block_on;

use crate::pool::{hold, pool};
use crate::watchdog::check;

fn square(number: u64) -> u64 {
    number * number
}

#[test]
fn results_come_in_the_order_of_the_inputs() {
    check(|| {
        let pool = pool(3);
        let results: Vec<u64> = pool.map(square, 0..1000).map(Result::unwrap).collect();
        assert_eq!(results, (0..1000).map(square).collect::<Vec<_>>());
    });
}

#[test]
fn any_chunk_and_buffer_size_gives_the_same() {
    check(|| {
        let pool = pool(2);
        let expected: Vec<u64> = (0..40).map(square).collect();
        for chunk in [1, 2, 7, 40, 1000, usize::MAX] {
            for buffer in [1, 2, 5, 40, 1000, usize::MAX] {
                let map = pool.map(square, 0..40).chunksize(chunk).buffersize(buffer);
                let results: Vec<u64> = map.map(Result::unwrap).collect();
                assert_eq!(results, expected, "chunks of {chunk}, a buffer of {buffer}");
            }
        }
    });
}

#[test]
fn no_inputs_give_no_results() {
    check(|| {
        let pool = pool(1);
        assert_eq!(pool.map(square, 0..0).count(), 0);
        assert_eq!(pool.map(square, 0..0).unordered().start().count(), 0);
        assert_eq!(pool.stats().workers, 0, "there was no work for a thread");
    });
}

#[test]
fn a_slow_first_item_does_not_change_the_order() {
    check(|| {
        let pool = pool(2);
        let (promise, gate) = promise::<()>();
        let gate = gate.shared();
        let first_waits = move |number: i32| {
            if number == 0 {
                gate.wait();
            }
            number
        };
        let mut map = pool.map(first_waits, 0..10).chunksize(1).start();
        promise.set_result(()).unwrap();
        assert!(map.by_ref().map(Result::unwrap).eq(0..10));
        assert!(map.next().is_none());
    });
}

#[test]
fn an_error_is_its_items_alone() {
    check(|| {
        let pool = pool(2);
        for chunk in [1, 3, 30] {
            let map = pool.map(|n: i32| if n % 5 == 2 { panic!("item {n}") } else { n }, 0..30);
            for (number, result) in (0..).zip(map.chunksize(chunk)) {
                match result {
                    Ok(same) => assert_eq!(same, number),
                    Err(error) => {
                        assert_eq!((error.kind(), number % 5), (TaskErrorKind::Panicked, 2));
                        assert_eq!(error.panic().unwrap().message(), format!("item {number}"));
                    }
                }
            }
        }
    });
}

#[test]
fn unordered_yields_every_item_once() {
    check(|| {
        let pool = pool(3);
        for chunk in [1, 4] {
            let map = pool.map(square, 0..200).chunksize(chunk).unordered();
            let results: Vec<u64> = map.map(Result::unwrap).collect();
            assert_eq!(results.len(), 200);
            assert_eq!(results.into_iter().collect::<HashSet<_>>(), (0..200).map(square).collect());
        }
    });
}

#[test]
fn unordered_yields_what_is_done_while_the_first_runs() {
    check(|| {
        let pool = pool(2);
        let (promise, gate) = promise::<()>();
        let gate = gate.shared();
        let first_waits = move |number: i32| {
            if number == 0 {
                gate.wait();
            }
            number
        };
        let mut map = pool.map(first_waits, 0..6).chunksize(1).unordered();
        let mut early: Vec<i32> = map.by_ref().take(5).map(Result::unwrap).collect();
        early.sort_unstable();
        assert_eq!(early, [1, 2, 3, 4, 5]);
        promise.set_result(()).unwrap();
        assert_eq!(map.next().unwrap().unwrap(), 0);
        assert!(map.next().is_none());
    });
}

#[test]
fn the_size_hint_is_that_of_the_source() {
    check(|| {
        let pool = pool(1);
        let mut map = pool.map(square, 0..10);
        assert_eq!(map.size_hint(), (10, Some(10)));
        map.next();
        map.next();
        assert_eq!(map.size_hint(), (8, Some(8)), "what was pulled ahead still counts");
        map.by_ref().for_each(drop);
        assert_eq!(map.size_hint(), (0, Some(0)));
        let filtered = pool.map(square, (0..10).filter(|n| n % 2 == 0));
        assert_eq!(filtered.size_hint(), (0, Some(10)));
    });
}

#[test]
fn several_maps_share_a_pool() {
    check(|| {
        let pool = pool(2);
        let (one, other) = (pool.map(square, 0..100), pool.map(|n: u64| n + 1, 0..100));
        for (number, (squared, next)) in (0..).zip(one.zip(other)) {
            assert_eq!((squared.unwrap(), next.unwrap()), (square(number), number + 1));
        }
    });
}

#[test]
fn a_map_moves_to_another_thread() {
    check(|| {
        let pool = pool(1);
        let map = pool.map(square, 0..10);
        let sum =
            thread::scope(|scope| scope.spawn(|| map.map(Result::unwrap).sum::<u64>()).join());
        assert_eq!(sum.unwrap(), 285);
    });
}

#[test]
fn a_map_inside_a_worker_finishes() {
    check(|| {
        for workers in 1..=3 {
            let pool = pool(workers);
            let handle = pool.handle();
            let sum = |handle: concurrent_futures::ThreadPoolHandle| {
                handle.map(square, 0..50).map(Result::unwrap).sum::<u64>()
            };
            let sums: Vec<_> = (0..4).map(|_| pool.submit(sum, handle.clone())).collect();
            assert!(sums.into_iter().all(|future| future.result().unwrap() == 40_425));
        }
    });
}

#[test]
fn maps_nest() {
    check(|| {
        let pool = Arc::new(pool(1));
        let handle = pool.handle();
        let rows = move |row: u64| -> u64 {
            handle.map(move |column: u64| row * column, 0..10).map(Result::unwrap).sum()
        };
        let total: u64 = pool.map(rows, 0..10).map(Result::unwrap).sum();
        assert_eq!(total, 45 * 45);
    });
}

fn threads_of(pool: &ThreadPoolExecutor) -> HashSet<ThreadId> {
    pool.map(|_: i32| thread::current().id(), 0..200).map(Result::unwrap).collect()
}

#[test]
fn items_run_on_the_workers_only() {
    check(|| {
        let threads = threads_of(&pool(2));
        assert!(!threads.contains(&thread::current().id()));
        assert!(threads.len() <= 2);
    });
}

#[test]
fn the_stream_yields_the_same() {
    check(|| {
        let pool = pool(2);
        let stream = pool.map(square, 0..100).into_stream();
        let results: Vec<u64> = block_on(stream.map(Result::unwrap).collect());
        assert_eq!(results, (0..100).map(square).collect::<Vec<_>>());
        let unordered = pool.map(square, 0..100).unordered().into_stream();
        assert_eq!(block_on(unordered.count()), 100);
    });
}

#[test]
fn the_stream_wakes_its_task() {
    check(|| {
        let pool = pool(1);
        let (held, release) = hold(&pool).into_parts();
        let mut stream = pool.map(square, 3..5).into_stream();
        assert!(futures::FutureExt::now_or_never(stream.next()).is_none());
        let releaser = thread::spawn(move || drop(release));
        assert_eq!(block_on(stream.next()).unwrap().unwrap(), 9);
        assert_eq!(block_on(stream.next()).unwrap().unwrap(), 16);
        assert!(block_on(stream.next()).is_none());
        releaser.join().unwrap();
        held.result().unwrap();
    });
}

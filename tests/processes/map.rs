//! Maps over processes: order, chunks, bounds.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use concurrent_futures::{TaskErrorKind, ThreadPoolExecutor};
use futures::StreamExt;
use futures::executor::block_on;

use crate::rig::{Gate, builder, pool, signal, stop_at};
use crate::watchdog::check;

fn square(number: u64) -> u64 {
    number * number
}

#[test]
fn results_come_in_the_order_of_the_items() {
    check(|| {
        let pool = pool(2);
        assert!(pool.map(square, 0..5000).map(Result::unwrap).eq((0..5000).map(square)));
        for chunk in [1, 2, 7, 1000, 100_000] {
            let map = pool.map(square, 0..200).chunksize(chunk);
            assert!(map.map(Result::unwrap).eq((0..200).map(square)), "{chunk}");
        }
    });
}

#[test]
fn an_empty_source_gives_nothing() {
    check(|| {
        let pool = pool(1);
        assert!(pool.map(square, 0..0).next().is_none());
        assert!(pool.map(square, None).start().next().is_none());
        assert_eq!(pool.stats().workers, 0, "no worker was needed");
    });
}

#[test]
fn an_infinite_source_is_pulled_as_far_as_is_needed() {
    check(|| {
        let pool = pool(2);
        let pulled = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&pulled);
        let source = (0..).inspect(move |_| _ = count.fetch_add(1, Ordering::SeqCst));
        let first: Vec<u64> = pool.map(square, source).take(100).map(Result::unwrap).collect();
        assert!(first.into_iter().eq((0..100).map(square)));
        assert!(pulled.load(Ordering::SeqCst) < 10_000_000);
    });
}

#[test]
fn the_bound_is_strict() {
    check(|| {
        let pool = pool(2);
        for (bound, chunk) in [(1, None), (3, None), (5, Some(2)), (5, Some(100))] {
            let pulled = Arc::new(AtomicUsize::new(0));
            let yielded = Arc::new(AtomicUsize::new(0));
            let (count, out) = (Arc::clone(&pulled), Arc::clone(&yielded));
            let source = (0..60_u64).inspect(move |_| {
                let inside = 1 + count.fetch_add(1, Ordering::SeqCst) - out.load(Ordering::SeqCst);
                // The one that `next` is about to yield has not been counted out yet.
                assert!(inside <= bound + 1, "{inside} of {bound}");
            });
            let map = pool.map(square, source).buffersize(bound);
            let map = if let Some(chunk) = chunk { map.chunksize(chunk) } else { map };
            for (at, result) in map.enumerate() {
                assert_eq!(result.unwrap(), square(at as u64));
                yielded.fetch_add(1, Ordering::SeqCst);
            }
            assert_eq!(pulled.load(Ordering::SeqCst), 60);
        }
    });
}

#[test]
fn unordered_results_come_as_they_are_there() {
    check(|| {
        let (pool, gate) = (pool(2), Gate::new());
        let wait_or_not = |(number, gate): (u32, Option<String>)| {
            gate.map(stop_at);
            number
        };
        let name = gate.name();
        let items = (0..10).map(move |number| (number, (number == 0).then(|| name.clone())));
        let mut map = pool.map(wait_or_not, items).chunksize(1).unordered().start();
        let first = gate.next();
        let rest: BTreeSet<u32> = map.by_ref().take(9).map(Result::unwrap).collect();
        assert!(rest.into_iter().eq(1..10));
        first.pass();
        assert_eq!(map.next().unwrap().unwrap(), 0);
        assert!(map.next().is_none());
    });
}

#[test]
fn the_error_of_an_item_is_its_own() {
    check(|| {
        let pool = pool(2);
        let fail = |number: u32| {
            assert!(number % 3 != 1, "number {number}");
            number
        };
        for chunk in [1, 4, 100] {
            let results: Vec<_> = pool.map(fail, 0..20).chunksize(chunk).collect();
            assert_eq!(results.len(), 20);
            for (number, result) in (0..).zip(results) {
                match result {
                    Ok(same) => assert!(same == number && number % 3 != 1),
                    Err(error) => {
                        assert_eq!(number % 3, 1);
                        let message = error.panic().unwrap().message().to_owned();
                        assert_eq!(message, format!("number {number}"));
                    }
                }
            }
        }
    });
}

#[test]
fn a_worker_that_dies_costs_the_item_that_ran_in_it() {
    check(|| {
        let pool = pool(2);
        let die = |number: u32| {
            if number % 10 == 4 {
                std::process::exit(9);
            }
            number
        };
        for chunk in [1, 10, 16] {
            let results: Vec<_> = pool.map(die, 0..40).chunksize(chunk).collect();
            assert_eq!(results.len(), 40);
            for (number, result) in (0..).zip(results) {
                match result {
                    Ok(same) => assert!(same == number && number % 10 != 4, "{number}"),
                    Err(error) => {
                        assert_eq!((number % 10, error.kind()), (4, TaskErrorKind::WorkerDied));
                        assert_eq!(error.worker_exit().unwrap().code(), Some(9));
                    }
                }
            }
        }
    });
}

#[test]
fn an_item_is_retried_alone() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).retries(1).build().unwrap();
        let name = gate.name();
        let items = (0..9).map(move |number| (number, (number == 4).then(|| name.clone())));
        let run = |(number, gate): (u32, Option<String>)| {
            gate.map(stop_at);
            number
        };
        let map = pool.map(run, items).chunksize(9).start();
        signal(gate.next().pid, libc::SIGKILL);
        gate.next().pass();
        assert!(map.map(Result::unwrap).eq(0..9));
        assert_eq!(pool.stats().finished, 9, "nothing ran twice");
    });
}

#[test]
fn items_that_cannot_travel_fail_alone() {
    check(|| {
        let pool = builder(2).max_message_size(1000).build().unwrap();
        let length = |text: String| text.len();
        for chunk in [1, 3, 20] {
            let items = (0..20).map(|n| "x".repeat(if n % 4 == 1 { 2000 } else { n }));
            let results: Vec<_> = pool.map(length, items).chunksize(chunk).collect();
            assert_eq!(results.len(), 20, "{chunk}");
            for (n, result) in results.into_iter().enumerate() {
                match result {
                    Ok(length) => assert_eq!(length, n),
                    Err(error) => assert_eq!((n % 4, error.kind()), (1, TaskErrorKind::Encode)),
                }
            }
        }
    });
}

#[test]
fn a_timeout_of_a_task_is_one_of_each_item() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).task_timeout(Duration::from_millis(150)).build().unwrap();
        let name = gate.name();
        let items = (0..7).map(move |number| (number, (number == 3).then(|| name.clone())));
        let run = |(number, gate): (u32, Option<String>)| {
            gate.map(stop_at);
            number
        };
        let results: Vec<_> = pool.map(run, items).chunksize(7).collect();
        let kinds = results.iter().map(|result| result.as_ref().err().map(|error| error.kind()));
        let expected = (0..7).map(|n| (n == 3).then_some(TaskErrorKind::TimedOut));
        assert!(kinds.eq(expected), "{results:?}");
    });
}

#[test]
fn it_is_a_stream_as_well() {
    check(|| {
        let pool = pool(2);
        let stream = pool.map(square, 0..300).into_stream();
        let squares: Vec<u64> = block_on(stream.map(Result::unwrap).collect());
        assert!(squares.into_iter().eq((0..300).map(square)));
    });
}

#[test]
fn a_stream_runs_in_tokio() {
    check(|| {
        let pool = pool(2);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sum = runtime.block_on(async {
            let stream = pool.map(square, 0..300).chunksize(5).unordered().into_stream();
            stream.fold(0, |sum, square| async move { sum + square.unwrap() }).await
        });
        assert_eq!(sum, (0..300).map(square).sum::<u64>());
    });
}

#[test]
fn tasks_of_a_thread_pool_map_over_processes() {
    check(|| {
        let processes = Arc::new(pool(2));
        let threads = ThreadPoolExecutor::new(2).unwrap();
        let inner = Arc::clone(&processes);
        let sum = move |upto: u64| -> u64 { inner.map(square, 0..upto).map(Result::unwrap).sum() };
        let sums: Vec<u64> = threads.map(sum, [10, 100, 50, 0]).map(Result::unwrap).collect();
        let expected = [10, 100, 50, 0].map(|upto| (0..upto).map(square).sum::<u64>());
        assert_eq!(sums, expected);
    });
}

#[test]
fn many_maps_share_a_pool() {
    check(|| {
        let pool = pool(2);
        let mut maps: Vec<_> = (0..4).map(|n| pool.map(square, n * 100..n * 100 + 50)).collect();
        for step in 0..50 {
            for (n, map) in maps.iter_mut().enumerate() {
                assert_eq!(map.next().unwrap().unwrap(), square(n as u64 * 100 + step));
            }
        }
        assert!(maps.iter_mut().all(|map| map.next().is_none()));
    });
}

#[test]
fn it_knows_how_many_are_left() {
    check(|| {
        let pool = pool(2);
        let mut map = pool.map(square, 0..10);
        assert_eq!(map.size_hint(), (10, Some(10)));
        map.next();
        assert_eq!(map.size_hint(), (9, Some(9)));
    });
}

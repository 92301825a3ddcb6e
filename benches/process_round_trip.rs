//! One task at a time in another process: how long a caller waits for it.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::ProcessPoolExecutor;
use criterion::{Criterion, criterion_group};

fn pool(workers: usize) -> ProcessPoolExecutor {
    let pool = ProcessPoolExecutor::builder().max_workers(workers).build();
    pool.expect("a pool with at least one worker")
}

/// Workers that ran just now against workers that have gone to sleep.
fn empty_tasks(criterion: &mut Criterion) {
    let pool = pool(2);
    let trip = || black_box(pool.submit(|n: u64| n, 1).result().expect("an empty task"));
    let mut group = criterion.benchmark_group("process_round_trip");
    group.bench_function("hot", |bencher| bencher.iter(trip));
    group.sample_size(20).bench_function("after 2 ms idle", |bencher| {
        bencher.iter_custom(|trips| {
            let timed = |_| {
                thread::sleep(Duration::from_millis(2));
                let start = Instant::now();
                trip();
                start.elapsed()
            };
            (0..trips).map(timed).sum()
        });
    });
    group.finish();
}

/// What the bytes of an argument and of a result add to the trip.
fn bytes(criterion: &mut Criterion) {
    let pool = pool(2);
    let mut group = criterion.benchmark_group("process_round_trip");
    for (name, size) in [("echo of 4 KiB", 4 << 10), ("echo of 1 MiB", 1 << 20)] {
        let original = vec![7_u8; size];
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|trips| {
                let timed = |_| {
                    let bytes = original.clone();
                    let start = Instant::now();
                    let echo = pool.submit(|bytes: Vec<u8>| bytes, bytes).result();
                    let took = start.elapsed();
                    black_box(echo.expect("an echo"));
                    took
                };
                (0..trips).map(timed).sum()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, empty_tasks, bytes);

/// In place of criterion's own: a worker process runs this `main` and never comes back from
/// the first line.
fn main() {
    concurrent_futures::init();
    benches();
    Criterion::default().configure_from_args().final_summary();
}

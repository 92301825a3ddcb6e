//! One task at a time: how long a caller waits for the pool.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::{ThreadPoolExecutor, ThreadPoolHandle};
use criterion::{Criterion, criterion_group, criterion_main};

/// Workers that ran just now against workers that have gone to sleep.
fn from_outside(criterion: &mut Criterion) {
    let pool = ThreadPoolExecutor::new(2).expect("a pool with two workers");
    let trip = || black_box(pool.spawn(|| 1).result().expect("an empty task"));
    let mut group = criterion.benchmark_group("round_trip");
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

/// A worker that waits for a task of its own pool claims it and runs it in place.
fn from_inside(criterion: &mut Criterion) {
    let pool = ThreadPoolExecutor::new(1).expect("a pool with one worker");
    criterion.bench_function("nested, depth 100", |bencher| {
        bencher.iter(|| {
            let handle = pool.handle();
            let depth = pool.spawn(move || descend(&handle, 100)).result();
            black_box(depth.expect("a descent that ends"))
        });
    });
}

fn descend(pool: &ThreadPoolHandle, levels: u64) -> u64 {
    if levels == 0 {
        return 0;
    }
    let inner = pool.clone();
    let below = pool.spawn(move || descend(&inner, levels - 1)).result();
    below.expect("a level that ends") + 1
}

criterion_group!(benches, from_outside, from_inside);
criterion_main!(benches);

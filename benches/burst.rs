//! Bursts of empty tasks: what it costs to hand a task over and to take its result.

use std::hint::black_box;
use std::thread;

use concurrent_futures::ThreadPoolExecutor;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const TASKS: u64 = 10_000;
const WORKERS: usize = 2;

fn burst(pool: &ThreadPoolExecutor, tasks: u64) {
    let futures: Vec<_> = (0..tasks).map(|n| pool.spawn(move || n)).collect();
    for future in futures {
        black_box(future.result().expect("an empty task"));
    }
}

fn bursts(criterion: &mut Criterion) {
    let pool = ThreadPoolExecutor::new(WORKERS).expect("a pool with two workers");
    let mut group = criterion.benchmark_group("burst");
    group.throughput(Throughput::Elements(TASKS));
    for producers in [1, 4] {
        group.bench_function(BenchmarkId::new("producers", producers), |bencher| {
            bencher.iter(|| {
                thread::scope(|scope| {
                    for _ in 1..producers {
                        scope.spawn(|| burst(&pool, TASKS / producers));
                    }
                    burst(&pool, TASKS / producers);
                });
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bursts);
criterion_main!(benches);

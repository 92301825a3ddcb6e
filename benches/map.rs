//! `map` in its forms over cheap items: what an item costs.

use std::hint::black_box;

use concurrent_futures::{TaskError, ThreadPoolExecutor};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const ITEMS: u64 = 100_000;

fn cheap(n: u64) -> u64 {
    black_box(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7
}

fn sum(results: impl Iterator<Item = Result<u64, TaskError>>) -> u64 {
    results.fold(0, |sum, result| sum.wrapping_add(result.expect("a cheap item")))
}

fn maps(criterion: &mut Criterion) {
    let pool = ThreadPoolExecutor::new(2).expect("a pool with two workers");
    let slice: Vec<u64> = (0..ITEMS).collect();
    let mut group = criterion.benchmark_group("map");
    group.throughput(Throughput::Elements(ITEMS));
    group.bench_function("sequential", |bencher| {
        bencher.iter(|| (0..ITEMS).map(cheap).fold(0, u64::wrapping_add));
    });
    group.bench_function("adaptive", |bencher| {
        bencher.iter(|| sum(pool.map(cheap, 0..ITEMS)));
    });
    group.bench_function("unordered", |bencher| {
        bencher.iter(|| sum(pool.map(cheap, 0..ITEMS).unordered()));
    });
    group.bench_function("chunks of 1,000", |bencher| {
        bencher.iter(|| sum(pool.map(cheap, 0..ITEMS).chunksize(1_000)));
    });
    group.bench_function("scope over a slice", |bencher| {
        bencher.iter(|| pool.scope(|scope| sum(scope.map(|&n: &u64| cheap(n), &slice))));
    });
    group.finish();
}

criterion_group!(benches, maps);
criterion_main!(benches);

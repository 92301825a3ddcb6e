//! The locks, with nobody in the way and with others who want them.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::sync::{Barrier, Condition, Event, Lock, Mutex, RLock, Semaphore};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn alone(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("locks");
    let lock = Lock::new();
    group.bench_function("Lock", |bencher| bencher.iter(|| drop(black_box(lock.acquire()))));
    let mutex = Mutex::new(0_u64);
    group.bench_function("Mutex", |bencher| bencher.iter(|| *black_box(mutex.lock()) += 1));
    let rlock = RLock::new();
    group.bench_function("RLock, two levels", |bencher| {
        bencher.iter(|| drop(black_box((rlock.acquire(), rlock.acquire()))));
    });
    let semaphore = Semaphore::new(2);
    group.bench_function("Semaphore", |bencher| {
        bencher.iter(|| drop(black_box(semaphore.acquire())));
    });
    let event = Event::new();
    event.set();
    group.bench_function("Event, set", |bencher| bencher.iter(|| black_box(&event).wait()));
    group.finish();
}

/// The time that each of `threads` threads takes for `times` steps, all of them together.
fn together(threads: usize, times: u64, step: impl Fn(usize) + Sync) -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        for thread in 0..threads {
            let step = &step;
            scope.spawn(move || (0..times).for_each(|_| step(thread)));
        }
    });
    start.elapsed()
}

fn contended(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("locks");
    for threads in [2, 8] {
        let mutex = Mutex::new(0_u64);
        group.bench_function(BenchmarkId::new("Mutex, threads", threads), |bencher| {
            bencher.iter_custom(|times| together(threads, times, |_| *mutex.lock() += 1));
        });
        let semaphore = Semaphore::new(1);
        group.bench_function(BenchmarkId::new("Semaphore of one, threads", threads), |bencher| {
            bencher.iter_custom(|times| {
                together(threads, times, |_| drop(black_box(semaphore.acquire())))
            });
        });
    }
    group.finish();
}

/// Two threads that cannot go on without each other.
fn turns(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("locks");
    let barrier = Barrier::new(2);
    group.bench_function("Barrier, two threads", |bencher| {
        bencher.iter_custom(|times| {
            together(2, times, |_| _ = barrier.wait().expect("a barrier that nobody breaks"))
        });
    });
    let (turn, changed) = (Mutex::new(0), Condition::new());
    group.bench_function("Condition, two threads", |bencher| {
        bencher.iter_custom(|times| {
            together(2, times, |me| {
                let mut turn = turn.lock();
                changed.wait_for(&mut turn, |turn| *turn == me, None);
                *turn = 1 - me;
                changed.notify(1);
            })
        });
    });
    group.finish();
}

criterion_group!(benches, alone, contended, turns);
criterion_main!(benches);

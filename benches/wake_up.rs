//! From the word of one thread to another that sleeps: what a wake-up takes.

use std::hint::black_box;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::{Future, ThreadPoolExecutor, promise};
use criterion::{Criterion, criterion_group, criterion_main};

/// Long enough that whoever waits has gone to sleep.
const REST: Duration = Duration::from_millis(1);

/// From `spawn` to the first line of the task.
fn worker(criterion: &mut Criterion) {
    let pool = ThreadPoolExecutor::new(2).expect("a pool with two workers");
    let mut group = criterion.benchmark_group("wake_up");
    group.sample_size(20).bench_function("a worker by spawn", |bencher| {
        bencher.iter_custom(|times| {
            let once = |_| {
                thread::sleep(REST);
                let start = Instant::now();
                pool.spawn(move || start.elapsed()).result().expect("a task that looks at a clock")
            };
            (0..times).map(once).sum()
        });
    });
    group.finish();
}

/// From `set_result` to the end of the `result` that waits for it.
fn waiter(criterion: &mut Criterion) {
    let (hand_over, futures) = mpsc::channel::<Future<Instant>>();
    let (report, reports) = mpsc::channel::<Duration>();
    let waiter = thread::spawn(move || {
        for future in futures {
            let set = future.result().expect("a promise that is kept");
            let _ = report.send(set.elapsed());
        }
    });
    let mut group = criterion.benchmark_group("wake_up");
    group.sample_size(20).bench_function("a waiter by set_result", |bencher| {
        bencher.iter_custom(|times| {
            let once = |_| {
                let (promise, future) = promise();
                hand_over.send(future).expect("the waiter is there");
                thread::sleep(REST);
                promise.set_result(Instant::now()).expect("a future that nobody cancels");
                black_box(reports.recv().expect("the waiter reports"))
            };
            (0..times).map(once).sum()
        });
    });
    group.finish();
    drop(hand_over);
    waiter.join().expect("a waiter that ends with its channel");
}

criterion_group!(benches, worker, waiter);
criterion_main!(benches);

//! Threads that go through one primitive as fast as they can.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::figures::nanos_each;
use crate::peer::Primitive;
use crate::plan::Plan;

/// How often a thread goes through before it looks whether the time is over.
const BATCH: u64 = 64;

/// What many threads achieved in a slice of time.
pub(super) struct Slice {
    /// Nanoseconds for each time that any of them went through.
    pub(super) nanos: f64,
    /// How much more than an even share the busiest thread had: 1 is even.
    pub(super) largest_share: f64,
}

/// One thread alone: nanoseconds each time.
pub(super) fn alone(plan: &Plan, primitive: &impl Primitive) -> f64 {
    let count = plan.amount(5_000_000);
    let start = Instant::now();
    primitive.times(count);
    nanos_each(start.elapsed(), count)
}

/// So many threads, for a slice of time.
pub(super) fn contended(plan: &Plan, threads: usize, primitive: &impl Primitive) -> Slice {
    let slice = Duration::from_millis(plan.amount(600).max(50));
    let (stop, meeting) = (AtomicBool::new(false), Barrier::new(threads + 1));
    let work = || {
        meeting.wait();
        let mut count = 0;
        // Nothing is read that another thread wrote before it set the flag.
        while !stop.load(Ordering::Relaxed) {
            primitive.times(BATCH);
            count += BATCH;
        }
        count
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        meeting.wait();
        let start = Instant::now();
        thread::sleep(slice);
        stop.store(true, Ordering::Relaxed);
        let counts = threads.into_iter().map(|thread| thread.join().expect("a thread that works"));
        let counts: Vec<u64> = counts.collect();
        summary(start.elapsed(), &counts)
    })
}

fn summary(elapsed: Duration, counts: &[u64]) -> Slice {
    let total: u64 = counts.iter().sum();
    let largest = counts.iter().max().copied().unwrap_or_default();
    let even = total as f64 / counts.len() as f64;
    Slice { nanos: nanos_each(elapsed, total), largest_share: largest as f64 / even }
}

/// So many threads that each go through so many times, together: nanoseconds each time.
pub(super) fn together(threads: usize, count: u64, primitive: &impl Primitive) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| primitive.times(count));
        }
    });
    nanos_each(start.elapsed(), count)
}

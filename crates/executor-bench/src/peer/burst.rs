use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::cost::{self, sum_below};

use super::pool::Peer;

/// The time until every one of so many producers, who share the empty tasks evenly, holds all of
/// its results.
///
/// From the first who starts to the last who ends, by their own clocks: with more producers than
/// cores, whoever watched them would wake up when some are already through.
pub(crate) fn burst(pool: &dyn Peer, tasks: u64, producers: u64) -> Duration {
    let share = tasks / producers;
    let produce = || {
        let start = Instant::now();
        assert_eq!(pool.run_all(0..share, cost::nothing), sum_below(share));
        (start, Instant::now())
    };
    if producers == 1 {
        let (start, end) = produce();
        return end - start;
    }
    let barrier = Barrier::new(usize::try_from(producers).expect("a handful"));
    let times: Vec<_> = thread::scope(|scope| {
        let together = || {
            barrier.wait();
            produce()
        };
        let threads: Vec<_> = (0..producers).map(|_| scope.spawn(together)).collect();
        let times = threads.into_iter().map(|thread| thread.join());
        times.map(|times| times.expect("a producer that got its results")).collect()
    });
    let first = times.iter().map(|(start, _)| *start).min();
    let last = times.iter().map(|(_, end)| *end).max();
    first.zip(last).map_or(Duration::ZERO, |(first, last)| last - first)
}

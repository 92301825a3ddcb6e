//! Ours and the peers in turn: one warm-up, seven rounds, medians with their spread.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Rounds that count, after one that does not.
const ROUNDS: usize = 7;
/// How long one contender runs in one round.
const SLICE: Duration = Duration::from_millis(100);
/// One operation of so many is timed on its own.
const SAMPLED: u64 = 64;

/// What one contender did in one round.
pub(crate) struct Round {
    /// Wall-clock nanoseconds for each operation of all threads together.
    nanos: f64,
    /// The smallest and the greatest share of a thread, where 1 is even.
    share: (f64, f64),
    /// The 99th percentile of the time from asking to having, in nanoseconds.
    wait: f64,
}

/// A name, and what to run for a round.
pub(crate) type Contender<'a> = (&'a str, Box<dyn Fn() -> Round + 'a>);

/// Runs `threads` threads that enter and leave for the time of a slice.
///
/// `enter` returns a guard; dropping it leaves.
pub(crate) fn slice<G>(threads: usize, enter: impl Fn() -> G + Sync) -> Round {
    let (stop, start) = (AtomicBool::new(false), Barrier::new(threads + 1));
    let work = || {
        start.wait();
        work_until(&stop, &enter)
    };
    let mut elapsed = Duration::ZERO;
    let results: Vec<(u64, Vec<u64>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        start.wait();
        let began = Instant::now();
        thread::sleep(SLICE);
        stop.store(true, Ordering::Relaxed);
        let results = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
        elapsed = began.elapsed();
        results
    });
    summarise(elapsed, results)
}

fn work_until<G>(stop: &AtomicBool, enter: &impl Fn() -> G) -> (u64, Vec<u64>) {
    let (mut count, mut waits) = (0, Vec::with_capacity(1 << 16));
    while !stop.load(Ordering::Relaxed) {
        if count % SAMPLED == 0 {
            let asked = Instant::now();
            let guard = enter();
            waits.push(asked.elapsed().as_nanos() as u64);
            drop(black_box(guard));
        } else {
            drop(black_box(enter()));
        }
        count += 1;
    }
    (count, waits)
}

fn summarise(elapsed: Duration, results: Vec<(u64, Vec<u64>)>) -> Round {
    let counts = results.iter().map(|(count, _)| *count);
    let total: u64 = counts.clone().sum();
    let even = total as f64 / results.len() as f64;
    let share =
        (counts.clone().min().unwrap_or(0) as f64 / even, counts.max().unwrap_or(0) as f64 / even);
    let mut waits: Vec<u64> = results.into_iter().flat_map(|(_, waits)| waits).collect();
    waits.sort_unstable();
    let wait = waits.get(waits.len() * 99 / 100).copied().unwrap_or(0) as f64;
    Round { nanos: elapsed.as_nanos() as f64 / total as f64, share, wait }
}

/// Runs `threads` threads that each do `count` steps together; a step counts once for all.
pub(crate) fn together(threads: usize, count: u32, step: impl Fn(usize, u32) + Sync) -> Round {
    let began = Instant::now();
    thread::scope(|scope| {
        for thread in 0..threads {
            let step = &step;
            scope.spawn(move || (0..count).for_each(|turn| step(thread, turn)));
        }
    });
    let nanos = began.elapsed().as_nanos() as f64 / f64::from(count);
    Round { nanos, share: (1.0, 1.0), wait: f64::NAN }
}

/// Runs the contenders in turn and prints a row for each; the first is ours.
pub(crate) fn compare(title: &str, bar: f64, contenders: &[Contender<'_>]) {
    let mut rounds: Vec<Vec<Round>> = contenders.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        for ((_, run), rounds) in contenders.iter().zip(&mut rounds) {
            let result = run();
            if round > 0 {
                rounds.push(result);
            }
        }
    }
    let medians: Vec<f64> = rounds.iter().map(|r| spread(r, |r| r.nanos).1).collect();
    let best = medians[1..].iter().copied().fold(f64::INFINITY, f64::min);
    for ((name, _), rounds) in contenders.iter().zip(&rounds) {
        print_row(title, name, rounds);
    }
    if best.is_finite() {
        let ratio = medians[0] / best;
        let verdict = if ratio <= bar { "holds" } else { "FALLS SHORT" };
        println!("{title:34} ours / best = {ratio:.2}, bar {bar:.2}: {verdict}");
    }
    println!();
}

fn print_row(title: &str, name: &str, rounds: &[Round]) {
    let (least, median, most) = spread(rounds, |round| round.nanos);
    let (_, low, _) = spread(rounds, |round| round.share.0);
    let (_, high, _) = spread(rounds, |round| round.share.1);
    let (_, wait, _) = spread(rounds, |round| round.wait);
    println!(
        "{title:34} {name:22} {median:9.1} ns [{least:.1} .. {most:.1}]  \
         share {low:.2} .. {high:.2}  p99 wait {wait:.0} ns"
    );
}

/// Returns the smallest, the median and the greatest of one figure.
fn spread(rounds: &[Round], figure: impl Fn(&Round) -> f64) -> (f64, f64, f64) {
    let mut values: Vec<f64> = rounds.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    (values[0], values[values.len() / 2], values[values.len() - 1])
}

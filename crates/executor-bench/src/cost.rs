//! Tasks of a known cost. Each returns its argument, so that sums show that every task ran once.

use std::hint::{black_box, spin_loop};
use std::time::{Duration, Instant};

/// What a pool is given to run: a plain function, so that every pool pays the same indirect call.
pub(crate) type Task = fn(u64) -> u64;

/// The sum of `0..n`, which the results of tasks that return their argument add up to.
pub(crate) fn sum_below(n: u64) -> u64 {
    (0..n).fold(0, u64::wrapping_add)
}

/// Does nothing.
pub(crate) fn nothing(n: u64) -> u64 {
    n
}

/// A few arithmetic instructions, which the compiler can neither drop nor vectorise.
pub(crate) fn cheap(n: u64) -> u64 {
    black_box(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7
}

/// Keeps a core busy for 1 us.
pub(crate) fn one_us(n: u64) -> u64 {
    busy(Duration::from_micros(1));
    n
}

/// Keeps a core busy for 10 us.
pub(crate) fn ten_us(n: u64) -> u64 {
    busy(Duration::from_micros(10));
    n
}

/// Keeps a core busy for 1 ms.
pub(crate) fn one_ms(n: u64) -> u64 {
    busy(Duration::from_millis(1));
    n
}

/// Keeps a core busy for `rounds` of a multiplication, without a look at the clock: two of these
/// that share a core take twice as long, so a core that a pool takes away shows.
pub(crate) fn spin(rounds: u64) -> u64 {
    let mut state = rounds;
    for _ in 0..rounds {
        state = black_box(state).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    black_box(state);
    rounds
}

/// How many rounds of [`spin`] take 1 ms on a core of its own.
pub(crate) fn rounds_per_ms() -> u64 {
    const ROUNDS: u64 = 1_000_000;
    let took = |_| {
        let start = Instant::now();
        spin(ROUNDS);
        start.elapsed()
    };
    let best = (0..20).map(took).min().unwrap_or_default();
    u64::try_from(u128::from(ROUNDS) * 1_000_000 / best.as_nanos().max(1)).unwrap_or(ROUNDS)
}

/// Keeps a core busy for the time that [`skewed_cost`] gives to `n`.
pub(crate) fn skewed(n: u64) -> u64 {
    busy(skewed_cost(n));
    n
}

/// Between 1 us and 5 ms, in no order: most items are cheap and a few hold most of the work.
#[expect(clippy::cast_precision_loss, reason = "53 bits are plenty for a cost")]
pub(crate) fn skewed_cost(n: u64) -> Duration {
    let place = (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 / (1_u64 << 53) as f64;
    Duration::from_secs_f64(1e-6 * 5_000_f64.powf(place.powi(3)))
}

/// Spins by the clock: what is measured is then the pool, not how fast the cores happen to be.
fn busy(cost: Duration) {
    let start = Instant::now();
    while start.elapsed() < cost {
        spin_loop();
    }
}

//! `map` over items of very different cost: do all workers stay busy to the end?

use std::time::{Duration, Instant};

use concurrent_futures::ThreadPoolExecutor;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::cost::{skewed, skewed_cost, sum_below};
use crate::measure::{Contender, Role, in_turn};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

#[expect(clippy::cast_precision_loss, reason = "a handful of workers")]
pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let count = plan.amount(10_000);
    let items: Vec<u64> = (0..count).collect();
    let total: Duration = items.iter().copied().map(skewed_cost).sum();
    let ideal = total.as_secs_f64() / plan.workers as f64;
    let timed = |work: &dyn Fn() -> u64| {
        let start = Instant::now();
        assert_eq!(work(), sum_below(count), "the sums differ");
        start.elapsed().as_secs_f64() / ideal
    };
    let ours = ThreadPoolExecutor::new(plan.workers).expect("a pool with at least one worker");
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(plan.workers).build();
    let rayon = rayon.expect("rayon starts its threads");
    let contenders = vec![
        Contender::new("ours", Role::Ours, || timed(&|| mapped(&ours, &items))),
        Contender::new("rayon", Role::Peer, || timed(&|| rayon.install(|| collected(&items)))),
    ];
    vec![Row {
        workload: format!("map over {} items of 1 us to 5 ms (rayon: par_iter)", thousands(count)),
        unit: "makespan / (total / workers)".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::AtMost(1.05, 2)],
        note: Some(format!("{:.2} s of work in all", total.as_secs_f64())),
    }]
}

fn mapped(pool: &ThreadPoolExecutor, items: &[u64]) -> u64 {
    let results = pool.map(skewed, items.to_vec());
    results.map(|result| result.expect("a busy item")).fold(0, u64::wrapping_add)
}

fn collected(items: &[u64]) -> u64 {
    let results: Vec<u64> = items.par_iter().map(|&item| skewed(item)).collect();
    results.into_iter().fold(0, u64::wrapping_add)
}

//! `scope` and `map` over a borrowed slice: what an item costs when there is nothing to wait for.

use std::time::Instant;

use concurrent_futures::ThreadPoolExecutor;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::cost::cheap;
use crate::measure::{Contender, Role, in_turn};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::turn::Turn;

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let count = plan.amount(10_000_000);
    let items: Vec<u64> = (0..count).collect();
    let expected = sum(items.iter().copied().map(cheap));
    let timed = |work: &dyn Fn() -> u64| {
        Turn::steady(plan, count, || {
            let start = Instant::now();
            assert_eq!(work(), expected, "the sums differ");
            start.elapsed()
        })
    };
    let ours = ThreadPoolExecutor::new(plan.workers).expect("a pool with at least one worker");
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(plan.workers).build();
    let rayon = rayon.expect("rayon starts its threads");
    let contenders = vec![
        Contender::new("ours", Role::Ours, || timed(&|| mapped(&ours, &items))),
        Contender::new("rayon", Role::Peer, || timed(&|| rayon.install(|| collected(&items)))),
        Contender::new("sequential", Role::Reference, || {
            timed(&|| sum(items.iter().copied().map(cheap)))
        }),
    ];
    vec![Row {
        workload: "scope map over a slice of cheap items (rayon: par_iter)".to_owned(),
        unit: "ns per item".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::OfBestPeer(1.10)],
        note: Some("both hand every result to the caller in input order".to_owned()),
    }]
}

fn mapped(pool: &ThreadPoolExecutor, items: &[u64]) -> u64 {
    pool.scope(|scope| {
        let results = scope.map(|&item: &u64| cheap(item), items);
        sum(results.map(|result| result.expect("a cheap item")))
    })
}

fn collected(items: &[u64]) -> u64 {
    let results: Vec<u64> = items.par_iter().map(|&item| cheap(item)).collect();
    sum(results.into_iter())
}

fn sum(results: impl Iterator<Item = u64>) -> u64 {
    results.fold(0, u64::wrapping_add)
}

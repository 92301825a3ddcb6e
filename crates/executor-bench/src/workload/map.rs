//! `map` over cheap items that come from an iterator: what an item costs.

use std::time::Instant;

use concurrent_futures::ThreadPoolExecutor;
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::cost::cheap;
use crate::measure::{Contender, Role, in_turn};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::turn::Turn;

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let items = plan.amount(10_000_000);
    let expected = sequential(items);
    let timed = |sum: &dyn Fn() -> u64| {
        Turn::steady(plan, items, || {
            let start = Instant::now();
            assert_eq!(sum(), expected, "the sums differ");
            start.elapsed()
        })
    };
    let ours = ThreadPoolExecutor::new(plan.workers).expect("a pool with at least one worker");
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(plan.workers).build();
    let rayon = rayon.expect("rayon starts its threads");
    let contenders = vec![
        Contender::new("ours", Role::Ours, || timed(&|| mapped(&ours, items))),
        Contender::new("rayon", Role::Peer, || timed(&|| rayon.install(|| bridged(items)))),
        Contender::new("sequential", Role::Reference, || timed(&|| sequential(items))),
    ];
    vec![Row {
        workload: "map over cheap items of an iterator (rayon: par_bridge)".to_owned(),
        unit: "ns per item".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::OfBestPeer(0.25), Bar::AtMost(6.0, 1)],
        note: Some("ours yields every result in input order; par_bridge sums in any order".into()),
    }]
}

fn mapped(pool: &ThreadPoolExecutor, items: u64) -> u64 {
    let results = pool.map(cheap, 0..items);
    results.map(|result| result.expect("a cheap item")).fold(0, u64::wrapping_add)
}

fn bridged(items: u64) -> u64 {
    (0..items).par_bridge().map(cheap).reduce(|| 0, u64::wrapping_add)
}

fn sequential(items: u64) -> u64 {
    (0..items).map(cheap).fold(0, u64::wrapping_add)
}

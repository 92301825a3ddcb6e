//! Much data for many tasks: shared, against a copy for each.

use std::time::Instant;

use concurrent_futures::multiprocessing::SharedSlice;

use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::words::{missing, note};

const MIB: usize = 64;
const NUMBERS: u64 = (MIB as u64) << 17;

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let (many, few) = (plan.amount(200).max(2), plan.amount(5).max(2));
    let numbers: Vec<u64> = (0..NUMBERS).collect();
    let shared = SharedSlice::from_slice(&numbers).map_err(|error| error.to_string());
    let pool = peer::our_processes(plan.workers, StartMethod::Spawn);
    let both = pool
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|pool| shared.as_ref().map(|shared| (pool, shared)).map_err(Clone::clone));
    let contenders = vec![
        Contender::with("ours", Role::Ours, &both, |(pool, shared)| {
            millis_each(many, || pool.share(shared, many))
        }),
        Contender::with("a copy each", Role::Reference, &pool, |pool| {
            millis_each(few, || pool.copy(&numbers, few))
        }),
    ];
    vec![Row {
        workload: format!("processes, a SharedSlice of {MIB} MiB"),
        unit: "ms per task".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::AtMost(1.0, 2)],
        note: note([Some("each task looks at both ends of it".to_owned()), missing("ours", &both)]),
    }]
}

fn millis_each(tasks: u64, run: impl FnOnce() -> u64) -> f64 {
    let start = Instant::now();
    assert_eq!(run(), tasks * (NUMBERS - 1), "the numbers are wrong");
    nanos_each(start.elapsed(), tasks) / 1e6
}

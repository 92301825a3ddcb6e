//! A task that waits for a task that waits for a task ..., on one worker.

use std::time::Instant;

use concurrent_futures::{ThreadPoolExecutor, ThreadPoolHandle};

use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::plan::Plan;
use crate::row::{Bar, Row};

const DEPTH: u64 = 1_000;

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let pool = ThreadPoolExecutor::new(1).expect("a pool with one worker");
    let descents = plan.amount(100);
    let ours = Contender::new("ours", Role::Ours, || {
        let start = Instant::now();
        for _ in 0..descents {
            let handle = pool.handle();
            let depth = pool.spawn(move || descend(&handle, DEPTH)).result();
            assert_eq!(depth.expect("a descent that ends"), DEPTH);
        }
        nanos_each(start.elapsed(), descents * DEPTH) / 1_000.0
    });
    vec![Row {
        workload: format!("nested submit and result, depth {DEPTH}, one worker"),
        unit: "us per level".to_owned(),
        entries: in_turn(vec![ours]),
        bars: vec![Bar::AtMost(1.0, 1)],
        note: Some("every peer hangs here: the only worker waits for itself".to_owned()),
    }]
}

fn descend(pool: &ThreadPoolHandle, levels: u64) -> u64 {
    if levels == 0 {
        return 0;
    }
    let inner = pool.clone();
    let below = pool.spawn(move || descend(&inner, levels - 1)).result();
    below.expect("a level that ends") + 1
}

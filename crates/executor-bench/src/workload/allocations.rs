//! How often a submit and its result call the allocator.

use crate::alloc::counted;
use crate::cost;
use crate::peer::{FEWER, Peer, every_pool};
use crate::plan::Plan;
use crate::row::{Bar, Row};

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let tasks = plan.amount(100_000);
    vec![Row {
        workload: "allocations".to_owned(),
        unit: "calls per submit and result".to_owned(),
        entries: every_pool(plan, |pool| calls_per_task(pool, tasks)),
        bars: vec![Bar::AtMost(1.0, 1)],
        note: Some(format!(
            "a queue that grows in blocks adds a small fraction of a call; {FEWER}"
        )),
    }]
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn calls_per_task(pool: &dyn Peer, tasks: u64) -> f64 {
    let tasks = pool.fewer(tasks);
    let (_, counts) = counted(|| pool.run_all(0..tasks, cost::nothing));
    // One call is the vector that holds the handles.
    counts.calls.saturating_sub(1) as f64 / tasks as f64
}

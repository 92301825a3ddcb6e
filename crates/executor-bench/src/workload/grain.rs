//! Tasks of 1 us, 10 us and 1 ms: how much of the workers' time is left for the work.

use std::time::Instant;

use crate::cost::{self, Task, sum_below};
use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{Peer, every_pool};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

pub(super) fn one_us(plan: &Plan) -> Vec<Row> {
    vec![row(plan, "1 us", cost::one_us, 200_000)]
}

pub(super) fn ten_us(plan: &Plan) -> Vec<Row> {
    vec![row(plan, "10 us", cost::ten_us, 40_000)]
}

pub(super) fn one_ms(plan: &Plan) -> Vec<Row> {
    vec![row(plan, "1 ms", cost::one_ms, 600)]
}

/// A row of worker time per task: elapsed time x workers / tasks.
fn row(plan: &Plan, name: &str, task: Task, count: u64) -> Row {
    let count = plan.amount(count);
    let mut entries = every_pool(plan, |pool| worker_nanos_per_task(plan, pool, task, count));
    let alone = Contender::new("the task alone", Role::Reference, || {
        let start = Instant::now();
        assert_eq!((0..count / 10).map(task).sum::<u64>(), sum_below(count / 10));
        nanos_each(start.elapsed(), count / 10)
    });
    entries.extend(in_turn(vec![alone]));
    Row {
        workload: format!("{} tasks of {name}", thousands(count)),
        unit: "worker ns per task".to_owned(),
        entries,
        bars: vec![Bar::OfBestPeer(1.00)],
        note: Some("the task alone, to a pool's figure, is the pool's efficiency".to_owned()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of workers")]
fn worker_nanos_per_task(plan: &Plan, pool: &dyn Peer, task: Task, count: u64) -> f64 {
    let count = pool.fewer(count);
    let start = Instant::now();
    assert_eq!(pool.run_all(0..count, task), sum_below(count));
    nanos_each(start.elapsed(), count) * plan.workers as f64
}

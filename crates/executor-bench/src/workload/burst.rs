//! A burst of empty tasks, then every result: what it costs to hand a task over.

use crate::peer::{FEWER, burst, every_pool};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;
use crate::turn::Turn;

pub(super) fn of_one(plan: &Plan) -> Vec<Row> {
    vec![row(plan, 1, 0.60)]
}

pub(super) fn of_four(plan: &Plan) -> Vec<Row> {
    vec![row(plan, 4, 0.70)]
}

fn row(plan: &Plan, producers: u64, limit: f64) -> Row {
    let tasks = plan.amount(1_000_000);
    Row {
        workload: format!("burst of {} empty tasks, producers: {producers}", thousands(tasks)),
        unit: "ns per task".to_owned(),
        entries: every_pool(plan, |pool| {
            let tasks = pool.fewer(tasks);
            Turn::steady(plan, tasks, || burst(pool, tasks, producers))
        }),
        bars: vec![Bar::OfBestPeer(limit)],
        note: Some(FEWER.to_owned()),
    }
}

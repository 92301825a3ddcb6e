//! A burst of empty tasks, then every result: what it costs to hand a task over.

use crate::measure::nanos_each;
use crate::peer::{FEWER, burst, every_pool};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let tasks = plan.amount(1_000_000);
    let bars = [(1, 0.60), (4, 0.70)];
    let rows = bars.map(|(producers, limit)| Row {
        workload: format!("burst of {} empty tasks, producers: {producers}", thousands(tasks)),
        unit: "ns per task".to_owned(),
        entries: every_pool(plan, |pool| {
            let tasks = pool.fewer(tasks);
            nanos_each(burst(pool, tasks, producers), tasks)
        }),
        bars: vec![Bar::OfBestPeer(limit)],
        note: Some(FEWER.to_owned()),
    });
    rows.into()
}

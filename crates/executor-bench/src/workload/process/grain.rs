//! Tasks of 1 ms and 10 ms that keep a core busy: do processes leave the workers as much time for
//! the work as threads do?

use std::time::Instant;

use crate::cost;
use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, Peer, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

use super::words::{missing, note};

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    [(1, plan.amount(1_000)), (10, plan.amount(100))].map(|grain| row(plan, grain)).into()
}

fn row(plan: &Plan, (millis, count): (u64, u64)) -> Row {
    let rounds = millis * cost::rounds_per_ms();
    let ours = peer::our_processes(plan.workers, StartMethod::Spawn);
    let threads = Ok(peer::our_threads(plan.workers));
    let turn = |pool: &dyn Peer| worker_nanos_per_task(plan, pool, rounds, count);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |pool| turn(&**pool)),
        Contender::with("our threads", Role::Reference, &threads, |pool| turn(&**pool)),
    ];
    Row {
        workload: format!("processes, {} tasks of {millis} ms", thousands(count)),
        unit: "worker ns per task".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::Times("our threads".to_owned(), 0.97)],
        note: note([
            Some(format!("a task multiplies as often as takes {millis} ms on a core of its own")),
            missing("ours", &ours),
        ]),
    }
}

/// Elapsed time x workers / tasks. No task has quite the rounds of another, so that the sum shows
/// each of them.
#[expect(clippy::cast_precision_loss, reason = "a handful of workers")]
fn worker_nanos_per_task(plan: &Plan, pool: &dyn Peer, rounds: u64, count: u64) -> f64 {
    let arguments = rounds..rounds + count;
    let start = Instant::now();
    assert_eq!(pool.run_all(arguments.clone(), cost::spin), arguments.sum::<u64>());
    nanos_each(start.elapsed(), count) * plan.workers as f64
}

//! What a task that waits in the queue weighs, beyond the closure itself.

use std::sync::mpsc;

use concurrent_futures::ThreadPoolExecutor;

use crate::alloc::counted;
use crate::measure::{Contender, Role, in_turn};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let tasks = plan.amount(100_000);
    let ours = Contender::new("ours", Role::Ours, || bytes_per_pending_task(tasks));
    vec![Row {
        workload: format!("memory of {} pending tasks", thousands(tasks)),
        unit: "bytes per task".to_owned(),
        entries: in_turn(vec![ours]),
        bars: vec![Bar::AtMost(128.0, 0)],
        note: Some("cell, place in the queue and the caller's handle; closure left out".to_owned()),
    }]
}

/// Counts with the only worker held, so that every task stays queued.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn bytes_per_pending_task(tasks: u64) -> f64 {
    let pool = ThreadPoolExecutor::new(1).expect("a pool with one worker");
    let (held, hold) = mpsc::channel::<()>();
    let (started, running) = mpsc::channel::<()>();
    let holder = pool.spawn(move || {
        let _ = started.send(());
        hold.recv()
    });
    running.recv().expect("the worker starts");
    let (futures, counts) = counted(|| {
        let closure = |n: u64| move || n;
        (0..tasks).map(|n| pool.spawn(closure(n))).collect::<Vec<_>>()
    });
    drop(held);
    let _ = holder.result();
    assert_eq!(futures.len() as u64, tasks);
    counts.live as f64 / tasks as f64 - size_of::<u64>() as f64
}

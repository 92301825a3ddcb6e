//! A shutdown that cancels a million queued tasks.

use std::sync::{Arc, Barrier};
use std::time::Instant;

use concurrent_futures::{Future, Shutdown, ThreadPoolExecutor};

use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let tasks = plan.amount(1_000_000);
    let ours = Contender::new("ours", Role::Ours, || cancel_all(plan.workers, tasks));
    vec![Row {
        workload: format!("shutdown with {} queued tasks, cancelling", thousands(tasks)),
        unit: "ns per task".to_owned(),
        entries: in_turn(vec![ours]),
        bars: vec![Bar::AtMost(200.0, 0)],
        note: Some("until every future is cancelled; the callers still hold them".to_owned()),
    }]
}

/// Holds every worker, fills the queue, and times the shutdown.
fn cancel_all(workers: usize, tasks: u64) -> f64 {
    let pool = ThreadPoolExecutor::new(workers).expect("a pool with at least one worker");
    let held = Arc::new(Barrier::new(workers + 1));
    let holders: Vec<_> = (0..workers).map(|_| pool.spawn(hold(&held))).collect();
    held.wait();
    let futures: Vec<_> = (0..tasks).map(|n| pool.spawn(move || n)).collect();
    let start = Instant::now();
    pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
    for future in &futures {
        future.wait();
    }
    let elapsed = start.elapsed();
    assert!(futures.iter().all(Future::cancelled), "a queued task ran");
    held.wait();
    assert!(holders.into_iter().all(|holder| holder.result().is_ok()), "a running task ended");
    nanos_each(elapsed, tasks)
}

/// A task that occupies its worker from the first meeting to the second.
fn hold(held: &Arc<Barrier>) -> impl FnOnce() + Send + 'static {
    let held = Arc::clone(held);
    move || {
        held.wait();
        held.wait();
    }
}

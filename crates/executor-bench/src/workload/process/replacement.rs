//! The worker is killed: how long until the next one has a result?

use std::time::{Duration, Instant};

use crate::cost;
use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, OurProcesses, StartMethod, kill};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::words::{missing, note};

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let times = plan.amount(40).max(10);
    let methods = [("spawn", StartMethod::Spawn), ("fork server", StartMethod::ForkServer)];
    methods.map(|(name, method)| row(times, name, method)).into()
}

fn row(times: u64, name: &str, method: StartMethod) -> Row {
    let ours = peer::our_processes(1, method);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |pool| micros_each(times, || replaced(&**pool))),
        Contender::with("worker start", Role::Reference, &ours, |_| {
            micros_each(times, || started(method))
        }),
    ];
    Row {
        workload: format!("processes, kill to first result ({name})"),
        unit: "us per worker".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::Of("worker start".to_owned(), 1.50)],
        note: note([
            Some("worker start: a new pool of one worker of ours, and its first result".to_owned()),
            missing("ours", &ours),
        ]),
    }
}

/// From the signal to the result of a task that was submitted right after it.
fn replaced(pool: &dyn OurProcesses) -> Duration {
    let before = pool.answer();
    assert_eq!(pool.worker_pid(), before, "the only worker is the one that answers");
    let start = Instant::now();
    kill(before).expect("the worker of a pool of ours can be killed");
    let after = pool.answer();
    let took = start.elapsed();
    assert_ne!(before, after, "a worker that was killed has answered");
    took
}

fn started(method: StartMethod) -> Duration {
    let start = Instant::now();
    let pool = peer::our_processes(1, method).expect("a pool that could be started before");
    assert_eq!(pool.run_all(1..2, cost::nothing), 1);
    start.elapsed()
}

fn micros_each(times: u64, once: impl Fn() -> Duration) -> f64 {
    nanos_each((0..times).map(|_| once()).sum(), times) / 1_000.0
}

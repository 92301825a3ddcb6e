//! A pool of one worker, from nothing to the first result.

use std::time::{Duration, Instant};

use crate::cost;
use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, Peer, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::words::{missing, note};

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let times = plan.amount(40).max(10);
    vec![by_spawn(times), by_fork_server(times)]
}

fn by_spawn(times: u64) -> Row {
    let ours = peer::our_processes(1, StartMethod::Spawn);
    let procspawn = peer::procspawn(1);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |_| {
            micros_each(times, || first_result(|| peer::our_processes(1, StartMethod::Spawn)))
        }),
        Contender::with("procspawn", Role::Peer, &procspawn, |_| {
            micros_each(times, || first_result(|| peer::procspawn(1)))
        }),
        Contender::new("exec and exit", Role::Reference, || micros_each(times, exec)),
    ];
    Row {
        workload: "processes, start to first result".to_owned(),
        unit: "us per start".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::Of("exec and exit".to_owned(), 1.30)],
        note: note([
            Some("a new pool of one worker, then its first result; its end is not timed".into()),
            missing("ours", &ours),
            missing("procspawn", &procspawn),
        ]),
    }
}

/// The fork server itself is there already: a pool that uses it lives as long as the row.
fn by_fork_server(times: u64) -> Row {
    let ours = peer::our_processes(1, StartMethod::ForkServer);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |warm| {
            warm.run_all(0..1, cost::nothing);
            micros_each(times, || first_result(|| peer::our_processes(1, StartMethod::ForkServer)))
        }),
        Contender::new("exec and exit", Role::Reference, || micros_each(times, exec)),
    ];
    Row {
        workload: "processes, start by fork server to first result".to_owned(),
        unit: "us per start".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::Of("exec and exit".to_owned(), 0.40)],
        note: note([
            Some("a new pool of one worker, while another pool has the fork server run".into()),
            missing("ours", &ours),
        ]),
    }
}

/// From the call that starts the pool to the result of its first task.
fn first_result<P: Peer + ?Sized>(start: impl Fn() -> Result<Box<P>, String>) -> Duration {
    let begun = Instant::now();
    let pool = start().expect("a pool that could be started before");
    assert_eq!(pool.run_all(1..2, cost::nothing), 1);
    begun.elapsed()
}

fn exec() -> Duration {
    let start = Instant::now();
    peer::exec_and_exit();
    start.elapsed()
}

fn micros_each(times: u64, once: impl Fn() -> Duration) -> f64 {
    nanos_each((0..times).map(|_| once()).sum(), times) / 1_000.0
}

//! A burst of empty tasks, then every result: what it costs to hand a task to another process.

use std::time::Instant;

use crate::cost::{self, sum_below};
use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, PROCSPAWN_WINDOW, Peer, Python, Script, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

use super::words::{missing, note, version};

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    // A slow pool gets fewer tasks, enough for a turn of about a second.
    let (many, fewer, few) = (plan.amount(100_000), plan.amount(20_000), plan.amount(10_000));
    let ours = peer::our_processes(plan.workers, StartMethod::Spawn);
    let procspawn = peer::procspawn(plan.workers);
    let python = Python::start(plan, Script::Executor);
    let loky = Python::start(plan, Script::Loky);
    let pebble = Python::start(plan, Script::Pebble);
    let snake = |pool: &Python| nanos_each(pool.run("run_all", few), few);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |pool| burst(&**pool, many)),
        Contender::with("procspawn", Role::Peer, &procspawn, |pool| burst(&**pool, fewer)),
        Contender::with("CPython", Role::Peer, &python, snake),
        Contender::with("loky", Role::Peer, &loky, snake),
        Contender::with("Pebble", Role::Peer, &pebble, snake),
    ];
    let amounts = format!(
        "procspawn has {} tasks with at most {PROCSPAWN_WINDOW} out, joined in order, without \
         which it deadlocks or runs out of descriptors; those in Python have {}",
        thousands(fewer),
        thousands(few)
    );
    vec![Row {
        workload: format!("processes, burst of {} empty tasks", thousands(many)),
        unit: "ns per task".to_owned(),
        entries: in_turn(contenders),
        bars: vec![
            Bar::Times("procspawn".to_owned(), 20.0),
            Bar::Times("CPython".to_owned(), 60.0),
            Bar::AtMost(2_000.0, 0),
        ],
        note: note([
            Some(amounts),
            version("CPython", &python),
            version("loky", &loky),
            version("Pebble", &pebble),
            missing("ours", &ours),
            missing("procspawn", &procspawn),
        ]),
    }]
}

fn burst(pool: &dyn Peer, tasks: u64) -> f64 {
    let start = Instant::now();
    assert_eq!(pool.run_all(0..tasks, cost::nothing), sum_below(tasks));
    nanos_each(start.elapsed(), tasks)
}

//! Submit one empty task, take its result, and again: what a caller waits for another process.

use std::cell::RefCell;
use std::time::Instant;

use crate::cost::{self, sum_below};
use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, Peer, Python, RawPipe, Script, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::words::{missing, note, version};

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let trips = plan.amount(5_000);
    let ours = peer::our_processes(plan.workers, StartMethod::Spawn);
    let procspawn = peer::procspawn(plan.workers);
    let python = Python::start(plan, Script::Executor);
    let pipe = RawPipe::start().map(RefCell::new);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |pool| trip(&**pool, trips)),
        Contender::with("procspawn", Role::Peer, &procspawn, |pool| trip(&**pool, trips)),
        Contender::with("CPython", Role::Peer, &python, |pool| {
            nanos_each(pool.run("one_by_one", trips), trips)
        }),
        Contender::with("raw pipe", Role::Reference, &pipe, |pipe| {
            nanos_each(pipe.borrow_mut().trips(trips), trips)
        }),
    ];
    vec![Row {
        workload: "processes, one empty task at a time".to_owned(),
        unit: "ns per trip".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::Times("procspawn".to_owned(), 2.0), Bar::Of("raw pipe".to_owned(), 1.30)],
        note: note([
            Some("raw pipe: 64 bytes there and back between two processes on two cores".into()),
            version("CPython", &python),
            missing("ours", &ours),
            missing("procspawn", &procspawn),
            missing("raw pipe", &pipe),
        ]),
    }]
}

fn trip(pool: &dyn Peer, trips: u64) -> f64 {
    let start = Instant::now();
    assert_eq!(pool.one_by_one(&mut (0..trips), cost::nothing), sum_below(trips));
    nanos_each(start.elapsed(), trips)
}

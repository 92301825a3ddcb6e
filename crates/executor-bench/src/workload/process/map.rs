//! `map` over cheap items that come from an iterator: what an item costs on the way to another
//! process and back.

use std::time::Instant;

use crate::cost::{self, sum_below};
use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, OurProcesses, Python, Script, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

use super::words::{missing, note, version};

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let items = plan.amount(2_000_000);
    let ours = peer::our_processes(plan.workers, StartMethod::Spawn);
    let imap = Python::start(plan, Script::Imap);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |pool| mapped(&**pool, items)),
        Contender::with("CPython imap", Role::Peer, &imap, |pool| {
            nanos_each(pool.run("imap", items), items)
        }),
    ];
    vec![Row {
        workload: format!("processes, map over {} cheap items", thousands(items)),
        unit: "ns per item".to_owned(),
        entries: in_turn(contenders),
        bars: vec![Bar::Times("CPython imap".to_owned(), 1.5)],
        note: note([
            Some("imap with chunks of 100, ours with those it chooses; both in order".to_owned()),
            version("CPython imap", &imap),
            missing("ours", &ours),
        ]),
    }]
}

fn mapped(pool: &dyn OurProcesses, items: u64) -> f64 {
    let start = Instant::now();
    assert_eq!(pool.map(0..items, cost::nothing), sum_below(items));
    nanos_each(start.elapsed(), items)
}

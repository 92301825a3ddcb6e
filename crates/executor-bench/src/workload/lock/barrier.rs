//! `Barrier`: two threads that meet again and again.

use crossbeam_utils::CachePadded;

use crate::measure::{Contender, Role, in_turn};
use crate::peer::{OurBarrier, StdBarrier};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::hammer::together;

const THREADS: usize = 2;

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    // They take longer than the system needs to move one of the threads to a core of its own.
    let meetings = plan.amount(100_000);
    let ours = CachePadded::new(OurBarrier::new(THREADS));
    let std = CachePadded::new(StdBarrier::new(THREADS));
    vec![Row {
        workload: format!("Barrier, {THREADS} threads"),
        unit: "ns per meeting".to_owned(),
        entries: in_turn(vec![
            Contender::new("ours", Role::Ours, || together(THREADS, meetings, &ours)),
            Contender::new("std", Role::Peer, || together(THREADS, meetings, &std)),
        ]),
        bars: vec![Bar::OfBestPeer(0.90)],
        note: None,
    }]
}

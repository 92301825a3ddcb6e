//! Bytes to a worker and back: what the way costs beyond copying them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::measure::{Contender, Role, in_turn, nanos_each};
use crate::peer::{self, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::words::{missing, note};

const MIB: usize = 1 << 20;

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let half = || Bar::Of("procspawn".to_owned(), 0.50);
    vec![
        row(plan, 1, plan.amount(100), vec![half()]),
        row(plan, 64, plan.amount(5).max(2), vec![half(), Bar::AtMost(60.0, 0)]),
    ]
}

fn row(plan: &Plan, mib: usize, times: u64, bars: Vec<Bar>) -> Row {
    let ours = peer::our_processes(plan.workers, StartMethod::Spawn);
    let procspawn = peer::procspawn(plan.workers);
    let original: Vec<u8> = (0..=u8::MAX).cycle().take(mib * MIB).collect();
    let mut other = original.clone();
    let millis = |echo: &mut dyn FnMut(Vec<u8>) -> Vec<u8>| millis_each(&original, times, echo);
    let contenders = vec![
        Contender::with("ours", Role::Ours, &ours, |pool| millis(&mut |bytes| pool.echo(bytes))),
        Contender::with("procspawn", Role::Peer, &procspawn, |pool| {
            millis(&mut |bytes| pool.echo(bytes))
        }),
        Contender::new("memcpy", Role::Reference, || {
            millis(&mut |mut bytes| {
                other.copy_from_slice(&bytes);
                bytes.copy_from_slice(black_box(&other));
                bytes
            })
        }),
    ];
    Row {
        workload: format!("processes, echo of {mib} MiB"),
        unit: "ms per echo".to_owned(),
        entries: in_turn(contenders),
        bars,
        note: note([
            Some("procspawn with ByteBuf; memcpy: there and back in memory that is mapped".into()),
            missing("ours", &ours),
            missing("procspawn", &procspawn),
        ]),
    }
}

/// The time of the way there and back; bytes are made and looked at while the clock is stopped.
fn millis_each(original: &[u8], times: u64, echo: &mut dyn FnMut(Vec<u8>) -> Vec<u8>) -> f64 {
    let mut took = Duration::ZERO;
    for _ in 0..times {
        let bytes = original.to_vec();
        let start = Instant::now();
        let returned = echo(bytes);
        took += start.elapsed();
        assert!(returned == original, "other bytes came back");
    }
    nanos_each(took, times) / 1e6
}

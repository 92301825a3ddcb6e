//! Bytes to a worker and back: what the way costs beyond copying them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::figures::nanos_each;
use crate::measure::{Contender, Role, in_turn};
use crate::peer::{self, StartMethod};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::words::{missing, note};

const MIB: usize = 1 << 20;

pub(in crate::workload) fn of_1_mib(plan: &Plan) -> Vec<Row> {
    vec![row(plan, 1, plan.amount(100), vec![half()])]
}

pub(in crate::workload) fn of_64_mib(plan: &Plan) -> Vec<Row> {
    vec![row(plan, 64, plan.amount(5).max(2), vec![half(), Bar::AtMost(60.0, 0)])]
}

fn half() -> Bar {
    Bar::Of("procspawn".to_owned(), 0.50)
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
///
/// It is stopped for the first time as well: a virtual machine may have given memory back to its
/// host that nobody has used since the last turn, and to be given it again can take many times as
/// long as the way itself.
fn millis_each(original: &[u8], times: u64, echo: &mut dyn FnMut(Vec<u8>) -> Vec<u8>) -> f64 {
    time_of_one(original, echo);
    let took = (0..times).map(|_| time_of_one(original, echo)).sum();
    nanos_each(took, times) / 1e6
}

fn time_of_one(original: &[u8], echo: &mut dyn FnMut(Vec<u8>) -> Vec<u8>) -> Duration {
    let bytes = original.to_vec();
    let start = Instant::now();
    let returned = echo(bytes);
    let took = start.elapsed();
    assert!(returned == original, "other bytes came back");
    took
}

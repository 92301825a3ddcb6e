//! `Semaphore`: one thread alone, and four on two permits.

use crossbeam_utils::CachePadded;

use crate::measure::{Contender, Entry, Role, in_turn};
use crate::peer::{AsyncLockSemaphore, OurSemaphore, TokioSemaphore};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::hammer::{alone, contended};

const PERMITS: usize = 2;
const THREADS: usize = 4;

pub(in crate::workload) fn run(plan: &Plan) -> Vec<Row> {
    let ours = CachePadded::new(OurSemaphore::new(PERMITS));
    let tokio = CachePadded::new(TokioSemaphore::new(PERMITS));
    let async_lock = CachePadded::new(AsyncLockSemaphore::new(PERMITS));
    let uncontended = in_turn(vec![
        Contender::new("ours", Role::Ours, || alone(plan, &ours)),
        Contender::new("tokio", Role::Peer, || alone(plan, &tokio)),
        Contender::new("async-lock", Role::Peer, || alone(plan, &async_lock)),
    ]);
    let crowded = in_turn(vec![
        Contender::new("ours", Role::Ours, || contended(plan, THREADS, &ours).nanos),
        Contender::new("tokio", Role::Peer, || contended(plan, THREADS, &tokio).nanos),
        Contender::new("async-lock", Role::Peer, || contended(plan, THREADS, &async_lock).nanos),
    ]);
    vec![
        row("Semaphore, uncontended".to_owned(), uncontended),
        row(format!("Semaphore, {THREADS} threads on {PERMITS} permits"), crowded),
    ]
}

fn row(workload: String, entries: Vec<Entry>) -> Row {
    Row {
        workload,
        unit: "ns per acquire and release".to_owned(),
        entries,
        bars: vec![Bar::OfBestPeer(0.80)],
        note: Some("tokio awaited in one block_on, async-lock by acquire_blocking".to_owned()),
    }
}

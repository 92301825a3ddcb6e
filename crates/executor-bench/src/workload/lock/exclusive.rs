//! `Lock` and `Mutex`: one thread alone, and eight that contend.

use std::cell::RefCell;

use crossbeam_utils::CachePadded;

use crate::measure::{Contender, Entry, Role, in_turn};
use crate::peer::{NoLock, OurLock, OurMutex, ParkingLotMutex, Primitive, StdMutex};
use crate::plan::Plan;
use crate::row::{Bar, Row};

use super::hammer::{alone, contended};

/// More than the cores of most machines, so that holders are interrupted.
const THREADS: usize = 8;

pub(in crate::workload) fn lock(plan: &Plan) -> Vec<Row> {
    rows::<OurLock, StdMutex<()>, ParkingLotMutex<()>>(plan, "Lock")
}

pub(in crate::workload) fn mutex(plan: &Plan) -> Vec<Row> {
    rows::<OurMutex, StdMutex<u64>, ParkingLotMutex<u64>>(plan, "Mutex of a number")
}

fn rows<O, S, P>(plan: &Plan, name: &str) -> Vec<Row>
where
    O: Primitive + Default,
    S: Primitive + Default,
    P: Primitive + Default,
{
    let ours = &CachePadded::<O>::default();
    let std = &CachePadded::<S>::default();
    let parking_lot = &CachePadded::<P>::default();
    let entries = in_turn(vec![
        Contender::new("ours", Role::Ours, || alone(plan, ours)),
        Contender::new("std", Role::Peer, || alone(plan, std)),
        Contender::new("parking_lot", Role::Peer, || alone(plan, parking_lot)),
    ]);
    let mut rows = vec![row(format!("{name}, uncontended"), "ns per acquire", 1.10, entries)];
    let shares = [const { RefCell::new(Vec::new()) }; 4];
    let mut entries = in_turn(vec![
        Contender::new("ours", Role::Ours, || shared(plan, ours, &shares[0])),
        Contender::new("std", Role::Peer, || shared(plan, std, &shares[1])),
        Contender::new("parking_lot", Role::Peer, || shared(plan, parking_lot, &shares[2])),
        Contender::new("no lock", Role::Reference, || shared(plan, &NoLock, &shares[3])),
    ]);
    let fair = entries.iter().zip(shares).map(|(entry, shares)| {
        // The first ones are of the turns that warm up.
        Entry::new(&entry.name, entry.role, shares.into_inner().split_off(Plan::WARM_UPS))
    });
    let fair = fair.collect();
    // Without a lock, the parts are what the scheduler gives; the time says nothing.
    entries.retain(|entry| entry.role != Role::Reference);
    rows.push(row(format!("{name}, {THREADS} threads"), "ns per acquire", 1.10, entries));
    let title = format!("{name}, {THREADS} threads: the busiest one's part");
    let note = "no lock: threads that share nothing get what the scheduler gives them".to_owned();
    rows.push(Row { note: Some(note), ..row(title, "even shares", 1.00, fair) });
    rows
}

fn row(workload: String, unit: &str, limit: f64, entries: Vec<Entry>) -> Row {
    let bars = vec![Bar::OfBestPeer(limit)];
    Row { workload, unit: unit.to_owned(), entries, bars, note: None }
}

fn shared(plan: &Plan, primitive: &impl Primitive, shares: &RefCell<Vec<f64>>) -> f64 {
    let slice = contended(plan, THREADS, primitive);
    shares.borrow_mut().push(slice.largest_share);
    slice.nanos
}

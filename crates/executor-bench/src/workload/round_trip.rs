//! Submit one task, take its result, and again: what a caller waits for a pool.

use std::thread;
use std::time::{Duration, Instant};

use crate::cost::{self, sum_below};
use crate::figures::nanos_each;
use crate::measure::{Contender, Entry, Role, in_turn};
use crate::peer::{CacheLine, Peer, every_pool};
use crate::plan::Plan;
use crate::row::{Bar, Row};

/// Long enough that the workers of every pool have gone to sleep.
const REST: Duration = Duration::from_millis(2);

/// With the limit of what a trip takes, which also tells one hour of a virtual machine from another.
pub(super) fn hot(plan: &Plan) -> Vec<Row> {
    let trips = plan.amount(5_000);
    let mut entries = every_pool(plan, |pool| hot_trips(pool, trips));
    let line = CacheLine::new();
    let limit = Contender::with("cache line", Role::Reference, &line, |line| {
        nanos_each(line.trips(trips), trips)
    });
    entries.extend(in_turn(vec![limit]));
    let note = match &line {
        Ok(_) => "cache line: a word there and back between two cores".to_owned(),
        Err(reason) => format!("cache line absent: {reason}"),
    };
    vec![Row { note: Some(note), ..row("hot round trip", 0.80, entries) }]
}

pub(super) fn rested(plan: &Plan) -> Vec<Row> {
    let trips = plan.amount(100);
    let entries = every_pool(plan, |pool| median_rested_trip(pool, trips));
    vec![row("round trip after 2 ms idle", 1.00, entries)]
}

fn row(workload: &str, limit: f64, entries: Vec<Entry>) -> Row {
    Row {
        workload: workload.to_owned(),
        unit: "ns per trip".to_owned(),
        entries,
        bars: vec![Bar::OfBestPeer(limit)],
        note: None,
    }
}

fn hot_trips(pool: &dyn Peer, trips: u64) -> f64 {
    let start = Instant::now();
    assert_eq!(pool.one_by_one(&mut (0..trips), cost::nothing), sum_below(trips));
    nanos_each(start.elapsed(), trips)
}

/// The median, for one trip in a hundred meets another process's time slice.
fn median_rested_trip(pool: &dyn Peer, trips: u64) -> f64 {
    let mut started: Option<Instant> = None;
    let mut latencies = Vec::new();
    let mut left = 0..trips;
    let mut rested = std::iter::from_fn(|| {
        latencies.extend(started.take().map(|trip| trip.elapsed()));
        let n = left.next()?;
        thread::sleep(REST);
        started = Some(Instant::now());
        Some(n)
    });
    assert_eq!(pool.one_by_one(&mut rested, cost::nothing), sum_below(trips));
    latencies.sort_unstable();
    nanos_each(latencies[latencies.len() / 2], 1)
}

//! A burst of empty tasks, then every result: what it costs to hand a task over.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::cost::{self, sum_below};
use crate::measure::nanos_each;
use crate::peer::{Peer, every_pool};
use crate::plan::Plan;
use crate::report::{Bar, Row, thousands};

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let tasks = plan.amount(1_000_000);
    let bars = [(1, 0.60), (4, 0.70)];
    let rows = bars.map(|(producers, limit)| Row {
        workload: format!("burst of {} empty tasks, producers: {producers}", thousands(tasks)),
        unit: "ns per task",
        entries: every_pool(plan, |pool| nanos_each(burst(pool, tasks, producers), tasks)),
        bars: vec![Bar::OfBestPeer(limit)],
        note: None,
    });
    rows.into()
}

/// The time until every producer holds all of its results.
fn burst(pool: &dyn Peer, tasks: u64, producers: u64) -> Duration {
    if producers == 1 {
        let start = Instant::now();
        assert_eq!(pool.run_all(0..tasks, cost::nothing), sum_below(tasks));
        return start.elapsed();
    }
    let share = tasks / producers;
    let barrier = Barrier::new(usize::try_from(producers).expect("a handful") + 1);
    thread::scope(|scope| {
        let produce = || {
            barrier.wait();
            assert_eq!(pool.run_all(0..share, cost::nothing), sum_below(share));
        };
        let threads: Vec<_> = (0..producers).map(|_| scope.spawn(produce)).collect();
        barrier.wait();
        let start = Instant::now();
        for thread in threads {
            thread.join().expect("a producer that got its results");
        }
        start.elapsed()
    })
}

//! `as_completed` over ten times as many futures: does the cost of one stay the same?

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::{Future, Promise, as_completed, promise};

use crate::measure::{Contender, Role, in_turn};
use crate::plan::Plan;
use crate::row::{Bar, Row};
use crate::text::thousands;

pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let (few, many) = (plan.amount(10_000), plan.amount(100_000));
    let ours = Contender::new("ours", Role::Ours, || {
        // Ten drains of the few take as long as one of the many, and are as little at the mercy
        // of one slow wake-up.
        let drained_few = (0..10).map(|_| drain(few)).sum::<Duration>() / 10;
        drain(many).as_secs_f64() / drained_few.as_secs_f64()
    });
    vec![Row {
        workload: format!("as_completed over {} futures", thousands(many)),
        unit: "time of ten times as many".to_owned(),
        entries: in_turn(vec![ours]),
        bars: vec![Bar::AtMost(12.0, 1)],
        note: Some(
            "they complete while they are listened to, neither in order nor against it".into(),
        ),
    }]
}

/// Listens to `count` pending futures and takes each as another thread finishes it.
fn drain(count: u64) -> Duration {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..count).map(|_| promise::<u64>()).unzip();
    let listening = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let promises = out_of_order(promises);
            listening.wait();
            listening.wait();
            for (n, promise) in (0..).zip(promises) {
                promise.set_result(n).expect("a future that nobody cancels");
            }
        });
        listening.wait();
        time_until_all_taken(futures, &listening)
    })
}

fn time_until_all_taken(futures: Vec<Future<u64>>, listening: &Barrier) -> Duration {
    let count = futures.len();
    let start = Instant::now();
    let completed = as_completed(futures);
    listening.wait();
    let results = completed.map(|future| future.result().expect("a result that was set"));
    assert_eq!(results.fold(0, |taken, _| taken + 1), count);
    start.elapsed()
}

/// Every seventh, then every seventh from the second on, ...: neither first nor last in first.
fn out_of_order(promises: Vec<Promise<u64>>) -> Vec<Promise<u64>> {
    let mut strides: [Vec<_>; 7] = Default::default();
    for (index, promise) in promises.into_iter().enumerate() {
        strides[index % 7].push(promise);
    }
    strides.into_iter().flatten().collect()
}

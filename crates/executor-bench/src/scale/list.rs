use std::time::Instant;

use crate::choice::{Named, choose};
use crate::cost::{self, sum_below};
use crate::figures::nanos_each;
use crate::machine::available_memory;
use crate::peer::{Peer, StartMethod, burst, our_processes, our_threads};
use crate::text::{bytes, thousands};
use crate::usage::Meter;

use super::sweep::{Pool, Sweep, costs, sweep};

/// A sweep that can be chosen by name.
pub(crate) struct Subject {
    name: &'static str,
    about: &'static str,
    what: What,
    crew: &'static Crew,
}

/// What there is more and more of.
enum What {
    Workers,
    Tasks,
    Producers,
}

/// Whose workers they are.
struct Crew {
    name: &'static str,
    start: fn(usize) -> Pool,
    /// Tasks of a burst that lasts long enough to be measured.
    tasks: u64,
    /// The memory that a queued task may take, with room to spare.
    bytes_per_task: u64,
}

static THREADS: Crew =
    Crew { name: "threads", start: |n| Ok(our_threads(n)), tasks: 200_000, bytes_per_task: 400 };

static PROCESSES: Crew = Crew {
    name: "processes",
    start: |n| our_processes(n, StartMethod::Spawn).map(|pool| -> Box<dyn Peer> { pool }),
    tasks: 20_000,
    bytes_per_task: 1_000,
};

static ALL: [Subject; 6] = [
    subject("workers", "1 to 64 worker threads", What::Workers, &THREADS),
    subject("tasks", "1,000 to 10,000,000 queued tasks", What::Tasks, &THREADS),
    subject("producers", "1 to 64 threads that submit", What::Producers, &THREADS),
    subject("process_workers", "1 to 64 worker processes", What::Workers, &PROCESSES),
    subject("process_tasks", "1,000 to 10,000,000 queued tasks", What::Tasks, &PROCESSES),
    subject("process_producers", "1 to 64 threads that submit", What::Producers, &PROCESSES),
];

const fn subject(
    name: &'static str,
    about: &'static str,
    what: What,
    crew: &'static Crew,
) -> Subject {
    Subject { name, about, what, crew }
}

impl Named for Subject {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }
}

/// All sweeps.
pub(crate) fn all() -> &'static [Subject] {
    &ALL
}

/// The sweeps whose name contains `filter`; all of them without one.
///
/// # Errors
///
/// No name contains it: the message lists the names there are.
pub(crate) fn matching(filter: Option<&str>) -> Result<Vec<&'static Subject>, String> {
    choose(&ALL, "sweep", filter)
}

const CROWDS: [u64; 7] = [1, 2, 4, 8, 16, 32, 64];
const QUEUES: [u64; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// How thoroughly it is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    pub(super) quick: bool,
    /// Workers where it is something else that grows.
    pub(super) workers: usize,
}

impl Effort {
    pub(super) fn rounds(self, tasks: u64) -> usize {
        if self.quick || tasks >= 1_000_000 { 3 } else { 7 }
    }

    fn amount(self, full: u64) -> u64 {
        if self.quick { full / 10 } else { full }
    }
}

impl Subject {
    /// Measures it.
    pub(super) fn run(&self, effort: Effort) -> Sweep {
        match self.what {
            What::Workers => self.workers(effort),
            What::Tasks => self.tasks(effort),
            What::Producers => self.producers(effort),
        }
    }

    fn workers(&self, effort: Effort) -> Sweep {
        const WARM_UP: u64 = 2_000;
        let (tasks, trips) = (effort.amount(self.crew.tasks), effort.amount(2_000));
        let columns = [PER_TASK, CPU, SWITCHES, "round trip, ns", "start, ms", "peak memory, MiB"];
        self.sweep(effort, &columns, ("workers", &CROWDS), |crew, workers| {
            // From before there is a pool, as its workers count as well.
            let memory = Meter::start();
            let start = Instant::now();
            let pool = crew.pool(workers as usize);
            burst(&*pool, WARM_UP, 1);
            let started = start.elapsed().as_secs_f64() * 1e3;
            let run = || nanos_each(burst(&*pool, tasks, 1), tasks);
            let [nanos, cpu, switches, _] = costs(tasks, run);
            let trip = round_trip(&*pool, trips);
            let peak = memory.stop().and_then(|usage| usage.peak_bytes);
            let peak = peak.map_or(f64::NAN, |bytes| bytes as f64 / f64::from(1 << 20));
            vec![nanos, cpu, switches, trip, started, peak]
        })
    }

    fn tasks(&self, effort: Effort) -> Sweep {
        let most = if effort.quick { 100_000 } else { 10_000_000 };
        let room = available_memory().map_or(u64::MAX, |room| room / 2);
        let wanted = QUEUES.iter().copied().filter(|&tasks| tasks <= most);
        let (points, left_out): (Vec<u64>, Vec<u64>) =
            wanted.partition(|tasks| tasks * self.crew.bytes_per_task <= room);
        let pool = self.crew.pool(effort.workers);
        let mut result = self.sweep(
            effort,
            &[PER_TASK, CPU, SWITCHES, "peak bytes per task"],
            ("tasks", &points),
            |_, tasks| {
                // Few tasks are done several times, or the clock would be too coarse.
                let times = (effort.amount(self.crew.tasks) / tasks).max(1);
                let run = || {
                    let bursts = (0..times).map(|_| burst(&*pool, tasks, 1));
                    nanos_each(bursts.sum(), tasks * times)
                };
                let [nanos, cpu, switches, peak] = costs(tasks * times, run);
                vec![nanos, cpu, switches, peak * times as f64]
            },
        );
        if let Some(first) = left_out.first() {
            result.note = Some(format!(
                "{} tasks and more are left out: they may need more than half of the memory that \
                 can be had, {}",
                thousands(*first),
                bytes(room.saturating_mul(2)),
            ));
        }
        result
    }

    fn producers(&self, effort: Effort) -> Sweep {
        let tasks = effort.amount(self.crew.tasks);
        let pool = self.crew.pool(effort.workers);
        let columns = [PER_TASK, CPU, SWITCHES, "peak bytes per task"];
        self.sweep(effort, &columns, ("producers", &CROWDS), |_, producers| {
            // Every producer has the same share.
            let tasks = tasks / producers * producers;
            costs(tasks, || nanos_each(burst(&*pool, tasks, producers), tasks)).into()
        })
    }

    fn sweep(
        &self,
        effort: Effort,
        columns: &[&str],
        (axis, points): (&str, &[u64]),
        turn: impl Fn(&Crew, u64) -> Vec<f64>,
    ) -> Sweep {
        let rounds = |at| effort.rounds(if axis == "tasks" { at } else { 0 });
        let lines = sweep(self.name, points, rounds, |at| turn(self.crew, at));
        Sweep {
            title: format!("{}, with {}", axis, self.crew.name),
            axis: axis.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            lines,
            note: None,
        }
    }
}

const PER_TASK: &str = "ns per task";
const CPU: &str = "CPU ns per task";
const SWITCHES: &str = "switches per 1,000 tasks";

impl Crew {
    fn pool(&self, workers: usize) -> Box<dyn Peer> {
        let pool = (self.start)(workers);
        pool.unwrap_or_else(|reason| panic!("no pool of {workers} {}: {reason}", self.name))
    }
}

fn round_trip(pool: &dyn Peer, trips: u64) -> f64 {
    let start = Instant::now();
    assert_eq!(pool.one_by_one(&mut (0..trips), cost::nothing), sum_below(trips));
    nanos_each(start.elapsed(), trips)
}

#[cfg(test)]
mod tests;

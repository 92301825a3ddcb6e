use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_futures::{Executor, ProcessPoolExecutor, SequentialExecutor, ThreadPoolExecutor};
use serde::{Deserialize, Serialize};

use super::work::perform;

/// Where tasks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    Sequential,
    Threads,
    Processes,
}

impl Place {
    pub(crate) const ALL: [Self; 3] = [Self::Sequential, Self::Threads, Self::Processes];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Threads => "threads",
            Self::Processes => "processes",
        }
    }
}

/// An executor: everything but its making is the same code for all of them.
pub(super) enum Venue {
    Sequential(SequentialExecutor),
    Threads(ThreadPoolExecutor),
    Processes(ProcessPoolExecutor),
}

/// Calls `$run` on the executor that a venue is.
macro_rules! on {
    ($venue:expr, |$executor:ident| $run:expr) => {
        match $venue {
            Venue::Sequential($executor) => $run,
            Venue::Threads($executor) => $run,
            Venue::Processes($executor) => $run,
        }
    };
}
pub(super) use on;

impl Venue {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub(super) fn open(place: Place, workers: usize) -> Result<Self, String> {
        let refused = |error: concurrent_futures::BuildError| error.to_string();
        match place {
            Place::Sequential => Ok(Self::Sequential(SequentialExecutor::new())),
            Place::Threads => ThreadPoolExecutor::new(workers).map(Self::Threads).map_err(refused),
            Place::Processes => {
                ProcessPoolExecutor::new(workers).map(Self::Processes).map_err(refused)
            }
        }
    }

    /// The time until every parcel is done with, all of them handed over first.
    pub(super) fn burst(&self, parcels: Vec<Vec<u8>>) -> Duration {
        on!(self, |executor| burst(executor, parcels))
    }

    /// What each caller waits, in nanoseconds, who hands over one parcel of his and waits for it
    /// before he takes the next.
    pub(super) fn trips(&self, callers: Vec<Vec<Vec<u8>>>) -> Vec<f64> {
        on!(self, |executor| trips(executor, callers))
    }
}

fn burst(executor: &impl Executor, parcels: Vec<Vec<u8>>) -> Duration {
    let lengths: Vec<u64> = parcels.iter().map(|parcel| parcel.len() as u64).collect();
    let start = Instant::now();
    let futures: Vec<_> =
        parcels.into_iter().map(|parcel| executor.submit(perform, parcel)).collect();
    for (future, length) in futures.into_iter().zip(lengths) {
        assert_eq!(future.result().expect("the tasks of a benchmark do not fail"), length);
    }
    start.elapsed()
}

fn trips(executor: &(impl Executor + Sync), callers: Vec<Vec<Vec<u8>>>) -> Vec<f64> {
    let caller = |parcels: Vec<Vec<u8>>| {
        let trip = |parcel: Vec<u8>| {
            let length = parcel.len() as u64;
            let start = Instant::now();
            let returned = executor.submit(perform, parcel).result();
            let took = start.elapsed();
            assert_eq!(returned.expect("the tasks of a benchmark do not fail"), length);
            took.as_secs_f64() * 1e9
        };
        parcels.into_iter().map(trip).collect::<Vec<f64>>()
    };
    if let [_] = callers[..] {
        // On this thread, as the burst before: a task that runs on its caller finds what the last
        // one left there.
        return callers.into_iter().flat_map(caller).collect();
    }
    thread::scope(|scope| {
        let caller = &caller;
        let threads: Vec<_> =
            callers.into_iter().map(|parcels| scope.spawn(move || caller(parcels))).collect();
        let waited = threads.into_iter().map(|thread| thread.join().expect("a caller that waits"));
        waited.flatten().collect()
    })
}

/// One pool for each place and number of workers, made when it is first asked for.
///
/// They live as long as the run: a pool without work uses nothing that could disturb another.
#[derive(Default)]
pub(super) struct Venues {
    open: BTreeMap<(u8, usize), Result<Venue, String>>,
}

impl Venues {
    /// # Errors
    ///
    /// Why there is none, in words.
    pub(super) fn get(&mut self, place: Place, workers: usize) -> Result<&Venue, String> {
        let key = (place as u8, workers);
        let venue = self.open.entry(key).or_insert_with(|| Venue::open(place, workers));
        venue.as_ref().map_err(Clone::clone)
    }
}

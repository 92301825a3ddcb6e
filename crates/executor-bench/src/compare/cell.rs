use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::figures::Figures;
use crate::figures::nanos_each;
use crate::progress;
use crate::text;
use crate::usage::{Meter, Usage, give_memory_back, typical};

use super::venue::{Place, Venue, Venues};
use super::work::{Kind, Pace, parcel};

/// What one cell is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spec {
    pub(crate) kind: Kind,
    /// How long a task takes on a core of its own, in nanoseconds.
    pub(crate) nanos: u64,
    /// How many bytes its argument has beyond the order.
    pub(crate) payload: u64,
    pub(crate) workers: usize,
}

/// What was measured of one spec, in every place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub(crate) spec: Spec,
    pub(crate) takes: Vec<Take>,
}

/// What was measured in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Take {
    pub(crate) place: Place,
    /// Elapsed nanoseconds for each task of a burst, a figure for each round.
    pub(crate) per_task: Figures,
    /// What a caller waits for one task while as many call as there are workers, in nanoseconds:
    /// at each of [`QUANTILES`], over all rounds.
    pub(crate) waits: Vec<f64>,
    /// How many waits these are of.
    pub(crate) trips: usize,
    /// How many tasks a burst had.
    pub(crate) tasks: u64,
    /// What a turn took: the burst and the trips.
    pub(crate) usage: Option<Usage>,
}

/// Where the distribution of waits is kept.
pub(crate) const QUANTILES: [f64; 13] =
    [0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0];

impl Take {
    /// The wait that a share `q` of the callers does not exceed; `q` is one of [`QUANTILES`].
    pub(crate) fn wait(&self, q: f64) -> f64 {
        let place = QUANTILES.iter().position(|&quantile| quantile == q);
        place.and_then(|place| self.waits.get(place)).copied().unwrap_or(f64::NAN)
    }
}

impl Cell {
    pub(crate) fn take(&self, place: Place) -> Option<&Take> {
        self.takes.iter().find(|take| take.place == place)
    }

    /// The median of the elapsed nanoseconds for each task; NaN where it was not measured.
    pub(crate) fn per_task(&self, place: Place) -> f64 {
        self.take(place).map_or(f64::NAN, |take| take.per_task.median())
    }

    /// How many times as long processes take as threads in the same round, the middle one; NaN
    /// where one of them was not measured.
    pub(crate) fn ratio(&self) -> f64 {
        let [threads, processes] = [Place::Threads, Place::Processes].map(|place| self.take(place));
        let both = threads.zip(processes);
        both.map_or(f64::NAN, |(threads, processes)| processes.per_task.over(&threads.per_task))
    }
}

/// How much a turn may take, and how many there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// About how long a burst lasts.
    pub(super) burst: Duration,
    /// After the warm-up.
    pub(super) rounds: usize,
}

impl Effort {
    /// The most bytes that a burst hands over, unless one payload for each worker is more; all
    /// trips together hand over as many.
    const BYTES: u64 = 64 << 20;

    /// So many tasks take about as long as a burst should, two for each worker at least.
    pub(super) fn tasks(self, spec: &Spec) -> u64 {
        // Handing a task over costs something as well, however small it is.
        let each = spec.nanos + 2_000;
        let workers = spec.workers as u64;
        let tasks = self.burst.as_nanos() as u64 * workers / each;
        Self::bounded(tasks.clamp(2 * workers, 10_000), spec.payload).max(workers)
    }

    /// How many trips each caller makes.
    pub(super) fn trips(self, spec: &Spec) -> u64 {
        let trips = self.burst.as_nanos() as u64 / 2 / (spec.nanos + 20_000);
        Self::bounded(trips.clamp(2, 1_000), spec.payload * spec.workers as u64).max(1)
    }

    fn bounded(count: u64, bytes_each: u64) -> u64 {
        Self::BYTES.checked_div(bytes_each).map_or(count, |most| count.min(most))
    }
}

/// What one place has brought so far.
#[derive(Default)]
struct Turns {
    per_task: Vec<f64>,
    waits: Vec<f64>,
    usages: Vec<Usage>,
    tasks: u64,
}

/// Measures a spec in each of `places`, in turn: A B C A B C ...
///
/// # Errors
///
/// A place that cannot be had, with its reason; the others are measured all the same.
pub(super) fn measure(
    spec: Spec,
    places: &[Place],
    effort: Effort,
    pace: Pace,
    venues: &mut Venues,
) -> (Cell, Vec<String>) {
    let amount = pace.amount(spec.kind, spec.nanos);
    let mut turns: Vec<_> = places.iter().map(|&place| (place, Turns::default())).collect();
    let mut absent = Vec::new();
    for round in 0..=effort.rounds {
        for (place, turns) in &mut turns {
            progress::turn(&words(&spec, *place), round, effort.rounds);
            if round == 0 {
                give_memory_back();
            }
            match venues.get(*place, spec.workers) {
                Ok(venue) => turn(venue, *place, &spec, amount, effort, turns),
                Err(reason) => absent.push(format!("{} absent: {reason}", place.name())),
            }
            if round == 0 {
                let usages = std::mem::take(&mut turns.usages);
                *turns = Turns { usages, ..Turns::default() };
            }
        }
    }
    absent.dedup();
    let measured = turns.into_iter().filter(|(_, turns)| !turns.per_task.is_empty());
    let takes = measured.map(|(place, turns)| take(place, turns)).collect();
    (Cell { spec, takes }, absent)
}

fn words(spec: &Spec, place: Place) -> String {
    let (size, payload) = (text::time(spec.nanos as f64), text::bytes(spec.payload));
    format!("{} {size} + {payload}, {} x {}", spec.kind.name(), spec.workers, place.name())
}

fn turn(venue: &Venue, place: Place, spec: &Spec, amount: u64, effort: Effort, turns: &mut Turns) {
    let parcels = |count| (0..count).map(|_| parcel(spec.kind, amount, spec.payload)).collect();
    // One caller is as good as many where nothing runs beside him.
    let callers = if place == Place::Sequential { 1 } else { spec.workers };
    let tasks = match place {
        Place::Sequential => (effort.tasks(spec) / spec.workers as u64).max(2),
        _ => effort.tasks(spec),
    };
    let burst: Vec<Vec<u8>> = parcels(tasks);
    let trips: Vec<Vec<Vec<u8>>> = (0..callers).map(|_| parcels(effort.trips(spec))).collect();
    let meter = Meter::start();
    turns.per_task.push(nanos_each(venue.burst(burst), tasks));
    turns.waits.extend(venue.trips(trips));
    turns.usages.extend(meter.stop());
    turns.tasks = tasks;
}

fn take(place: Place, turns: Turns) -> Take {
    let waits = Figures::from(turns.waits);
    Take {
        place,
        per_task: turns.per_task.into(),
        waits: QUANTILES.iter().map(|&q| waits.quantile(q)).collect(),
        trips: waits.len(),
        tasks: turns.tasks,
        usage: typical(&turns.usages, 1),
    }
}

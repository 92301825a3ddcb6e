use std::path::PathBuf;
use std::time::Instant;

use crate::choice::Named;
use crate::figures::nanos_each;
use crate::machine::{self, Machine};
use crate::progress;

use super::cell::measure;
use super::comparison::{Comparison, Start};
use super::directory;
use super::plan::{Grid, Part, What, matching};
use super::venue::{Place, Venue, Venues};
use super::work::{Kind, Pace, parcel};

/// What the user asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) filter: Option<String>,
    pub(crate) workers: Option<usize>,
    pub(crate) directory: Option<PathBuf>,
}

/// Measures all parts that were asked for.
///
/// # Errors
///
/// There is no such part, nothing is left to measure, or the directory cannot be read.
pub(crate) fn run(options: &Options) -> Result<Comparison, String> {
    let grid = Grid::new(options.quick, machine::cores(), options.workers);
    let parts: Vec<_> = matching(options.filter.as_deref())?;
    let parts: Vec<_> = parts.into_iter().filter(|part| has_work(part, &grid, options)).collect();
    if parts.is_empty() {
        return Err(
            "nothing is left to measure: `workers` needs to choose their number itself, and \
                    `directory` a --directory"
                .to_owned(),
        );
    }
    let mut comparison = Comparison {
        machine: Machine::here(&["sha2"], grid.method()),
        workers: grid.usual_workers(),
        cells: Vec::new(),
        starts: Vec::new(),
        directory: None,
        absent: Vec::new(),
    };
    progress::begin(parts.iter().map(|part| grid.cells(part.what).len().max(1)).sum());
    let mut venues = Venues::default();
    let pace = Pace::of_this_machine();
    for part in parts {
        measure_part(part, &grid, options, pace, &mut venues, &mut comparison)?;
    }
    comparison.absent.sort();
    comparison.absent.dedup();
    Ok(comparison)
}

fn has_work(part: &Part, grid: &Grid, options: &Options) -> bool {
    match part.what {
        What::Sizes | What::Payloads | What::Workers => !grid.cells(part.what).is_empty(),
        What::Start => true,
        What::Directory => options.directory.is_some(),
    }
}

fn measure_part(
    part: &Part,
    grid: &Grid,
    options: &Options,
    pace: Pace,
    venues: &mut Venues,
    comparison: &mut Comparison,
) -> Result<(), String> {
    for (spec, places) in grid.cells(part.what) {
        let (cell, absent) = measure(spec, places, grid.effort, pace, venues);
        comparison.cells.push(cell);
        comparison.absent.extend(absent);
        progress::done();
    }
    let (workers, rounds) = (grid.usual_workers(), grid.effort.rounds);
    match (part.what, &options.directory) {
        (What::Start, _) => {
            comparison.starts = starts(part.name(), rounds);
            progress::done();
        }
        (What::Directory, Some(path)) => {
            comparison.directory = Some(directory::measure(path, workers, rounds, venues)?);
            progress::done();
        }
        _ => {}
    }
    Ok(())
}

/// Pools that are made, asked for one result, and ended.
fn starts(name: &str, rounds: usize) -> Vec<Start> {
    let mut turns = [(Place::Threads, Vec::new()), (Place::Processes, Vec::new())];
    for round in 0..=rounds {
        for (place, nanos) in &mut turns {
            progress::turn(&format!("{name}, {}", place.name()), round, rounds);
            nanos.extend(first_result(*place).filter(|_| round > 0));
        }
    }
    let measured = turns.into_iter().filter(|(_, nanos)| !nanos.is_empty());
    measured.map(|(place, nanos)| Start { place, nanos: nanos.into() }).collect()
}

fn first_result(place: Place) -> Option<f64> {
    const TIMES: u64 = 10;
    let once = |_| {
        let parcel = vec![parcel(Kind::Cpu, 1, 0)];
        let start = Instant::now();
        let venue = Venue::open(place, 1).ok()?;
        venue.burst(parcel);
        Some(start.elapsed())
    };
    let took: Option<Vec<_>> = (0..TIMES).map(once).collect();
    Some(nanos_each(took?.into_iter().sum(), TIMES))
}

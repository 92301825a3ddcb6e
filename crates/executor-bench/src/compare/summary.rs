//! What the comparison says, in words.

use crate::text::{self, enumeration, number, time};

use super::cell::Cell;
use super::comparison::Comparison;
use super::venue::Place;
use super::work::Kind;

/// A process pool that takes at most so many times as long costs little.
const LITTLE: f64 = 1.05;

/// A paragraph for each thing that users ask.
pub(crate) fn summary(comparison: &Comparison) -> Vec<String> {
    let mut paragraphs = Vec::new();
    paragraphs.extend(cross_over(comparison));
    paragraphs.extend(price(comparison));
    paragraphs.extend(kinds(comparison));
    paragraphs.extend(waits(comparison));
    paragraphs.extend(starts(comparison));
    paragraphs.extend(files(comparison));
    paragraphs.extend(comparison.absent.iter().cloned());
    paragraphs
}

/// The size from which on processes cost less than 5 % over threads, at every larger size too.
fn enough(cells: &[&Cell]) -> Option<u64> {
    let cheap = cells.iter().rev().take_while(|cell| cell.ratio() < LITTLE);
    cheap.last().map(|cell| cell.spec.nanos)
}

fn cross_over(comparison: &Comparison) -> Option<String> {
    let mut parts = Vec::new();
    for payload in comparison.payloads() {
        let cells = comparison.by_size(Kind::Cpu, payload);
        let Some(longest) = cells.last().map(|cell| cell.spec.nanos as f64) else { continue };
        let with = carrying(payload);
        parts.push(match enough(&cells) {
            Some(nanos) => format!("from {} on {with}", time(nanos as f64)),
            None => format!("at no size up to {} {with}", time(longest)),
        });
    }
    let workers = comparison.workers;
    (!parts.is_empty()).then(|| {
        format!(
            "For CPU-bound tasks and {workers} workers, a process pool costs less than 5 % over \
             threads {}.",
            enumeration(&parts)
        )
    })
}

fn carrying(payload: u64) -> String {
    match payload {
        0 => "without a payload".to_owned(),
        _ => format!("with {}", text::bytes(payload)),
    }
}

/// What isolation costs where it costs more than that.
fn price(comparison: &Comparison) -> Option<String> {
    let mut parts = Vec::new();
    for payload in comparison.payloads() {
        let cells = comparison.by_size(Kind::Cpu, payload);
        let enough = enough(&cells).unwrap_or(u64::MAX);
        let below = cells.iter().filter(|cell| cell.spec.nanos < enough);
        let costs: Vec<String> = below.filter_map(|cell| extra(cell)).collect();
        if !costs.is_empty() {
            parts.push(format!("{}: {}", carrying(payload), costs.join(", ")));
        }
    }
    (!parts.is_empty())
        .then(|| format!("Below that, isolation costs for each task {}.", parts.join("; ")))
}

/// How much longer a task takes a process pool; nothing where it is no longer.
fn extra(cell: &Cell) -> Option<String> {
    let more = cell.per_task(Place::Processes) - cell.per_task(Place::Threads);
    let (size, ratio) = (time(cell.spec.nanos as f64), number(cell.ratio()));
    (more > 0.0).then(|| format!("{} more at {size} ({ratio} times)", time(more)))
}

/// The same question for the other kinds of tasks.
fn kinds(comparison: &Comparison) -> Option<String> {
    let others = Kind::ALL.into_iter().filter(|&kind| kind != Kind::Cpu);
    let part = |kind: Kind| {
        let cells = comparison.by_size(kind, 0);
        cells.last()?;
        Some(match enough(&cells) {
            Some(nanos) => format!("{} tasks from {} on", kind.name(), time(nanos as f64)),
            None => format!("{} tasks at no size", kind.name()),
        })
    };
    let parts: Vec<String> = others.filter_map(part).collect();
    (!parts.is_empty())
        .then(|| format!("Processes are as close to threads for {}.", enumeration(&parts)))
}

/// What a caller waits for the smallest task.
fn waits(comparison: &Comparison) -> Option<String> {
    let cells = comparison.by_size(Kind::Cpu, 0);
    let cell = cells.first()?;
    let wait = |place| {
        let take = cell.take(place)?;
        let (usual, rare) = (time(take.wait(0.5)), time(take.wait(0.99)));
        Some(format!("{usual} for {} (one in a hundred more than {rare})", place.name()))
    };
    let parts = [wait(Place::Threads)?, wait(Place::Processes)?];
    Some(format!(
        "Who submits a task of {} and waits for it, while all workers are kept busy that way, waits \
         {}.",
        time(cell.spec.nanos as f64),
        enumeration(&parts)
    ))
}

fn starts(comparison: &Comparison) -> Option<String> {
    let part = |start: &super::comparison::Start| {
        format!("{} with {}", time(start.nanos.median()), start.place.name())
    };
    let parts: Vec<String> = comparison.starts.iter().map(part).collect();
    (!parts.is_empty())
        .then(|| format!("A new pool's first result is there after {}.", enumeration(&parts)))
}

fn files(comparison: &Comparison) -> Option<String> {
    let directory = comparison.directory.as_ref()?;
    let work = |work: &super::directory::Work| {
        let one = |place| format!("{} {}", time(work.seconds(place) * 1e9), place.name());
        format!("{} ({}) took {}", work.name, work.outcome, enumeration(&Place::ALL.map(one)))
    };
    let works: Vec<String> = directory.works.iter().map(work).collect();
    let (files, bytes) = (text::thousands(directory.files), text::bytes(directory.bytes));
    Some(format!("On {files} files with {bytes}, {}.", enumeration(&works)))
}

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::figures::Figures;
use crate::peer::Peer;
use crate::progress;
use crate::text::{number, thousands};
use crate::usage::{Meter, give_memory_back};

/// What was measured at growing numbers of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sweep {
    pub(crate) title: String,
    /// What there is more and more of.
    pub(crate) axis: String,
    /// What was measured, each with its unit.
    pub(crate) columns: Vec<String>,
    pub(crate) lines: Vec<Line>,
    /// What is missing, and why.
    pub(crate) note: Option<String>,
}

/// What was measured at one number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) at: u64,
    /// One for each column; without figures where nobody could tell.
    pub(crate) figures: Vec<Figures>,
}

impl Sweep {
    /// Head and lines of a table of medians.
    pub(crate) fn table(&self) -> Vec<Vec<String>> {
        let head = std::iter::once(self.axis.clone()).chain(self.columns.iter().cloned());
        let line = |line: &Line| {
            let medians = line.figures.iter().map(|figures| match figures.is_empty() {
                true => "-".to_owned(),
                false => number(figures.median()),
            });
            std::iter::once(thousands(line.at)).chain(medians).collect()
        };
        std::iter::once(head.collect()).chain(self.lines.iter().map(line)).collect()
    }
}

/// Takes a turn at each number of `points`, again and again after a warm-up: A B C A B C ...
///
/// `rounds` may be fewer where a turn is long. A turn gives a figure for each column, the last of
/// them that of memory.
pub(super) fn sweep(
    name: &str,
    points: &[u64],
    rounds: impl Fn(u64) -> usize,
    mut turn: impl FnMut(u64) -> Vec<f64>,
) -> Vec<Line> {
    let most = points.iter().map(|&at| rounds(at)).max().unwrap_or_default();
    let mut taken: Vec<Vec<Vec<f64>>> = vec![Vec::new(); points.len()];
    for round in 0..=most {
        for (&at, taken) in points.iter().zip(&mut taken) {
            if round > rounds(at) {
                continue;
            }
            progress::turn(&format!("{name} {}", thousands(at)), round, rounds(at));
            if round == 0 {
                give_memory_back();
            }
            taken.push(turn(at));
        }
    }
    let lines = points.iter().zip(taken);
    lines.map(|(&at, turns)| Line { at, figures: by_column(&turns) }).collect()
}

/// The figures of all turns but the warm-up, the first; and of memory the most that any turn took,
/// because what the first one took is still there in the others.
fn by_column(turns: &[Vec<f64>]) -> Vec<Figures> {
    let Some((warm_up, timed)) = turns.split_first() else { return Vec::new() };
    let column = |column: usize| timed.iter().map(|turn| turn[column]).collect::<Vec<f64>>().into();
    let memory = turns.iter().filter_map(|turn| turn.last().copied()).fold(f64::NAN, f64::max);
    (0..warm_up.len() - 1).map(column).chain([vec![memory].into()]).collect()
}

/// What `tasks` tasks took, for each of them: elapsed and CPU nanoseconds, context switches of a
/// thousand, and bytes at the peak.
pub(super) fn costs(tasks: u64, run: impl FnOnce() -> f64) -> [f64; 4] {
    let meter = Meter::start();
    let nanos = run();
    let each = tasks as f64;
    let Some(usage) = meter.stop() else { return [nanos, f64::NAN, f64::NAN, f64::NAN] };
    let peak = usage.peak_bytes.map_or(f64::NAN, |bytes| bytes as f64);
    [nanos, usage.cpu_seconds * 1e9 / each, usage.switches as f64 * 1_000.0 / each, peak / each]
}

/// A pool that is asked for, or why there is none.
pub(super) type Pool = Result<Box<dyn Peer>, String>;

#[cfg(test)]
mod tests;

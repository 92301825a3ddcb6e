//! How well two runs of the comparison with peers agree.

use crate::contest::Contest;
use crate::row::Row;
use crate::text::{self, number};

/// Ratios that differ by no more than this share of the smaller agree.
const CLOSE: f64 = 0.15;

/// A table with the ratios of both runs, and how many agree, in words. A figure that has nothing
/// beside it goes with the speed of the machine, and is counted apart.
pub(crate) fn agreement(first: &Contest, second: &Contest) -> String {
    let pairs: Vec<_> = first.rows().map(|row| Pair::new(row, second)).collect();
    let header = ["workload", "first", "second", "difference"].map(str::to_owned).to_vec();
    let lines: Vec<_> = std::iter::once(header).chain(pairs.iter().map(Pair::cells)).collect();
    let (alone, ratios): (Vec<_>, Vec<_>) = pairs.iter().partition(|pair| pair.alone);
    format!(
        "{}\n{} ratios agree within {:.0} %, and {} figures that have nothing beside them.",
        text::table(&lines),
        close(&ratios),
        CLOSE * 100.0,
        close(&alone)
    )
}

/// How many agree, of how many that can be compared.
fn close(pairs: &[&Pair<'_>]) -> String {
    let differences: Vec<f64> = pairs.iter().filter_map(|pair| pair.difference()).collect();
    let close = differences.iter().filter(|difference| **difference <= CLOSE).count();
    format!("{close} of {}", differences.len())
}

/// The ratios of one workload.
struct Pair<'a> {
    workload: &'a str,
    ratios: [f64; 2],
    /// They are not ratios but figures, as nothing is measured beside ours.
    alone: bool,
}

impl<'a> Pair<'a> {
    fn new(row: &'a Row, other: &Contest) -> Self {
        let again = other.rows().find(|again| again.workload == row.workload);
        let ratios = [row.ratio(), again.map_or(f64::NAN, Row::ratio)];
        Self { workload: &row.workload, ratios, alone: row.is_alone() }
    }

    /// By what share of the smaller one the ratios differ; `None` if one is not there, or nothing.
    fn difference(&self) -> Option<f64> {
        let [one, other] = self.ratios;
        let there = one > 0.0 && other > 0.0;
        there.then(|| one.max(other) / one.min(other) - 1.0)
    }

    fn cells(&self) -> Vec<String> {
        let difference = self.difference();
        let [first, second] = self.ratios.map(number);
        let difference = difference.map_or(String::new(), |share| {
            format!("{:.0} %{}", share * 100.0, if share > CLOSE { ", more" } else { "" })
        });
        vec![self.workload.to_owned(), first, second, difference]
    }
}

#[cfg(test)]
mod tests;

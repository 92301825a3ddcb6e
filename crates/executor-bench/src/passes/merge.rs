//! Rows of several passes, put together.

use crate::figures::Figures;
use crate::measure::Entry;
use crate::row::Row;
use crate::usage::{Usage, of_passes};

/// The rows of a workload, each with the figures of all passes in the order of their rounds.
pub(super) fn merged(passes: &[Vec<Row>]) -> Vec<Row> {
    let titles = distinct(passes.iter().flatten().map(|row| row.workload.as_str()));
    let row = |title: &str| {
        let found = passes.iter().filter_map(|rows| rows.iter().find(|row| row.workload == title));
        row_of(&found.collect::<Vec<_>>())
    };
    titles.into_iter().filter_map(row).collect()
}

fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}

/// Everything but figures and notes is the same in all passes.
fn row_of(passes: &[&Row]) -> Option<Row> {
    let first = passes.first()?;
    let names = distinct(passes.iter().flat_map(|row| &row.entries).map(|e| e.name.as_str()));
    Some(Row {
        workload: first.workload.clone(),
        unit: first.unit.clone(),
        entries: names.into_iter().filter_map(|name| entry_of(name, passes)).collect(),
        bars: first.bars.clone(),
        note: note_of(passes),
    })
}

/// A contender that was not there in a pass has no figures in its rounds, so that those of the
/// others still stand beside what was measured in the same round.
fn entry_of(name: &str, passes: &[&Row]) -> Option<Entry> {
    let found: Vec<Option<&Entry>> = passes.iter().map(|row| row.named(name)).collect();
    let by_pass = passes.iter().zip(&found).flat_map(|(row, entry)| {
        let none = Figures::default();
        let figures = entry.map_or(&none, |entry| &entry.figures);
        figures.by_round(rounds(row)).collect::<Vec<_>>()
    });
    let figures = by_pass.collect::<Vec<_>>().into();
    let there = || found.iter().copied().flatten();
    let usages: Vec<Usage> = there().filter_map(|entry| entry.usage).collect();
    let role = there().next()?.role;
    Some(Entry { name: name.to_owned(), role, figures, usage: of_passes(&usages) })
}

fn rounds(row: &Row) -> usize {
    row.entries.iter().map(|entry| entry.figures.rounds()).max().unwrap_or(0)
}

/// What parts of a sentence are joined with.
const JOINT: &str = "; ";

/// What all passes say, and with a count what only some of them do: who is absent may be so in one
/// of them.
fn note_of(passes: &[&Row]) -> Option<String> {
    let notes: Vec<&str> =
        passes.iter().map(|row| row.note.as_deref().unwrap_or_default()).collect();
    let all = notes.iter().flat_map(|note| note.split(JOINT)).filter(|part| !part.is_empty());
    let counted = distinct(all).into_iter().map(|part| {
        let times = notes.iter().filter(|note| note.split(JOINT).any(|one| one == part)).count();
        match times == passes.len() {
            true => part.to_owned(),
            false => format!("{part} (in {times} of {} passes)", passes.len()),
        }
    });
    let counted: Vec<_> = counted.collect();
    (!counted.is_empty()).then(|| counted.join(JOINT))
}

#[cfg(test)]
mod tests;

//! Everything as Markdown.

use crate::compare::{self, Comparison};
use crate::contest::Contest;
use crate::document::Document;
use crate::machine::Machine;
use crate::scale::Growth;
use crate::text;

/// All that was measured.
pub(crate) fn markdown(document: &Document) -> String {
    sections(document, text::table).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n")
}

/// How a table is written.
type Table = fn(&[Vec<String>]) -> String;

/// A section for each run, with its name.
pub(super) fn sections(document: &Document, table: Table) -> Vec<(&'static str, String)> {
    let all = [
        ("peers", document.peers.as_ref().map(|run| peers(run, table))),
        ("compare", document.compare.as_ref().map(|run| comparison(run, table))),
        ("scale", document.scale.as_ref().map(|run| growth(run, table))),
    ];
    all.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

fn head(machine: &Machine) -> String {
    let Machine { others, method, .. } = machine;
    let beside = match others.is_empty() {
        true => String::new(),
        false => format!("Beside: {}.\n", others.join(", ")),
    };
    format!("Measured on {}; {method}.\n{beside}", machine.brief())
}

fn peers(contest: &Contest, table: Table) -> String {
    let mut text = head(&contest.machine);
    for group in &contest.groups {
        text += &format!("\n{}:\n\n{}", group.name, table(&group.lines()));
    }
    for (words, rows) in contest.closing() {
        text += &format!("\n{words}: {}.\n", rows.join("; "));
    }
    text
}

fn comparison(comparison: &Comparison, table: Table) -> String {
    let mut text = head(&comparison.machine);
    for paragraph in compare::summary(comparison) {
        text += &format!("\n{paragraph}\n");
    }
    for (title, lines) in compare::tables(comparison) {
        text += &format!("\n{title}:\n\n{}", table(&lines));
    }
    text
}

fn growth(growth: &Growth, table: Table) -> String {
    let mut text = head(&growth.machine);
    for sweep in &growth.sweeps {
        text += &format!("\n{}:\n\n{}", sweep.title, table(&sweep.table()));
        if let Some(note) = &sweep.note {
            text += &format!("\n{note}\n");
        }
    }
    text
}

//! Rows, and how they are judged and printed.

use std::fmt::Write as _;

use crate::measure::{Entry, Role};

/// The figures of one workload.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was run.
    pub(crate) workload: String,
    /// What a figure counts; less is better in every row.
    pub(crate) unit: &'static str,
    /// Ours, the peers' and references.
    pub(crate) entries: Vec<Entry>,
    /// What ours has to reach.
    pub(crate) bars: Vec<Bar>,
    /// A sentence that helps to read the figures.
    pub(crate) note: Option<String>,
}

/// What a row has to reach. A figure is compared with as many decimals as the bar is written with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bar {
    /// Ours divided by the best peer's is at most this, with two decimals.
    OfBestPeer(f64),
    /// Ours divided by that of the contender with this name is at most this, with two decimals.
    Of(&'static str, f64),
    /// The contender with this name takes at least so many times as long, with two decimals.
    Times(&'static str, f64),
    /// Ours is at most this, with so many decimals.
    AtMost(f64, usize),
}

/// What stands for a figure that there is not.
const ABSENT: &str = "absent";

/// One bar, judged.
struct Verdict {
    figure: String,
    bar: String,
    holds: bool,
}

impl Verdict {
    fn word(&self) -> &'static str {
        match (self.holds, self.figure.as_str()) {
            (_, ABSENT) => ABSENT,
            (true, _) => "yes",
            (false, _) => "NO",
        }
    }
}

impl Row {
    fn of(&self, role: Role) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.role == role)
    }

    fn ours(&self) -> f64 {
        self.of(Role::Ours).next().map_or(f64::NAN, Entry::median)
    }

    /// The peer with the least median, if the row has peers.
    pub(crate) fn best_peer(&self) -> Option<&Entry> {
        let peers = self.of(Role::Peer).filter(|peer| !peer.is_absent());
        peers.min_by(|a, b| a.median().total_cmp(&b.median()))
    }

    fn named(&self, name: &str) -> f64 {
        self.entries.iter().find(|entry| entry.name == name).map_or(f64::NAN, Entry::median)
    }

    fn verdicts(&self) -> Vec<Verdict> {
        self.bars.iter().map(|&bar| self.judge(bar)).collect()
    }

    fn judge(&self, bar: Bar) -> Verdict {
        match bar {
            Bar::OfBestPeer(limit) => {
                let best = self.best_peer().map_or(f64::NAN, Entry::median);
                at_most(self.ours() / best, limit, "best")
            }
            Bar::Of(name, limit) => at_most(self.ours() / self.named(name), limit, name),
            Bar::Times(name, limit) => {
                let ratio = self.named(name) / self.ours();
                Verdict {
                    figure: number(ratio),
                    bar: format!(">= {limit} x {name}"),
                    holds: rounded(ratio, 2) >= limit,
                }
            }
            Bar::AtMost(limit, decimals) => Verdict {
                figure: number(self.ours()),
                bar: format!("<= {limit:.decimals$}"),
                holds: rounded(self.ours(), decimals) <= limit,
            },
        }
    }
}

fn at_most(ratio: f64, limit: f64, other: &str) -> Verdict {
    Verdict {
        figure: if ratio.is_nan() { ABSENT.to_owned() } else { format!("{ratio:.2}") },
        bar: format!("<= {limit:.2} of {other}"),
        holds: rounded(ratio, 2) <= limit,
    }
}

/// The row with every contender's median, minimum and maximum, for reading while it runs.
pub(crate) fn block(row: &Row) -> String {
    let mut text = format!("{}, {}\n", row.workload, row.unit);
    let best = row.best_peer().map(|entry| entry.name);
    for entry in &row.entries {
        if entry.is_absent() {
            let _ = writeln!(text, "  {:<15}{ABSENT:>12}", entry.name);
            continue;
        }
        let (low, high) = (number(entry.min()), number(entry.max()));
        let mark = if best == Some(entry.name) { "  best peer" } else { "" };
        let median = number(entry.median());
        let _ = writeln!(text, "  {:<15}{median:>12}  ({low} .. {high}){mark}", entry.name);
    }
    for verdict in row.verdicts() {
        let _ =
            writeln!(text, "  {}, bar {}: holds? {}", verdict.figure, verdict.bar, verdict.word());
    }
    if let Some(note) = &row.note {
        let _ = writeln!(text, "  {note}");
    }
    text
}

/// All rows as a Markdown table of medians, the best peer first.
pub(crate) fn table(rows: &[Row]) -> String {
    let header = ["workload", "unit", "ours", "others", "figure", "bar", "holds"];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    lines.extend(rows.iter().map(table_line));
    aligned(&lines)
}

fn table_line(row: &Row) -> Vec<String> {
    let mut others: Vec<_> = row.entries.iter().filter(|e| e.role != Role::Ours).collect();
    others.sort_by(|a, b| a.median().total_cmp(&b.median()));
    let others = others.iter().map(|entry| format!("{} {}", entry.name, number(entry.median())));
    let verdicts = row.verdicts();
    vec![
        row.workload.clone(),
        row.unit.to_owned(),
        number(row.ours()),
        joined(others, ", "),
        joined(verdicts.iter().map(|verdict| verdict.figure.clone()), "; "),
        joined(verdicts.iter().map(|verdict| verdict.bar.clone()), "; "),
        joined(verdicts.iter().map(|verdict| verdict.word().to_owned()), "; "),
    ]
}

fn joined(cells: impl Iterator<Item = String>, between: &str) -> String {
    cells.collect::<Vec<_>>().join(between)
}

/// Pads every column to its widest cell; the second line becomes Markdown's rule.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
        if index == 0 {
            for width in &widths {
                let _ = write!(text, "|{}", "-".repeat(width + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// At most two decimals, none for large figures, and thousands set apart.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() {
        return ABSENT.to_owned();
    }
    let decimals = match value.abs() {
        0.0 | 100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    let plain = format!("{value:.decimals$}");
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    format!("{}{fraction}", grouped(whole))
}

/// A count with its thousands set apart.
pub(crate) fn thousands(count: u64) -> String {
    grouped(&count.to_string())
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if (digits.len() - index).is_multiple_of(3) && text.ends_with(|c: char| c.is_ascii_digit())
        {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn rounded(value: f64, decimals: usize) -> f64 {
    format!("{value:.decimals$}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests;

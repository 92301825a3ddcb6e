//! Rows, and how they are judged and printed.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::measure::{Entry, Role};
use crate::text::{self, ABSENT, number};

/// The figures of one workload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was run.
    pub(crate) workload: String,
    /// What a figure counts; less is better in every row.
    pub(crate) unit: String,
    /// Ours, the peers' and references.
    pub(crate) entries: Vec<Entry>,
    /// What ours has to reach.
    pub(crate) bars: Vec<Bar>,
    /// A sentence that helps to read the figures.
    pub(crate) note: Option<String>,
}

/// What a row has to reach. A figure is compared with as many decimals as the bar is written with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bar {
    /// Ours divided by the best peer's is at most this, with two decimals.
    OfBestPeer(f64),
    /// Ours divided by that of the contender with this name is at most this, with two decimals.
    Of(String, f64),
    /// The contender with this name takes at least so many times as long, with two decimals.
    Times(String, f64),
    /// Ours is at most this, with so many decimals.
    AtMost(f64, usize),
}

/// One bar, judged.
pub(crate) struct Verdict {
    /// Ours in the terms of the bar.
    pub(crate) figure: String,
    /// The bar in words.
    pub(crate) bar: String,
    pub(crate) standing: Standing,
}

/// Where a row stands to its bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Better than the bar by more than 5 %.
    Beyond,
    /// It holds.
    At,
    /// It does not.
    Short,
    /// Whoever it is taken to is not here.
    Absent,
}

impl Standing {
    /// `badness` is 1 at the bar and less beyond it.
    fn of(holds: bool, badness: f64) -> Self {
        const CLEAR: f64 = 0.95;
        match (badness.is_nan(), holds) {
            (true, _) => Self::Absent,
            (_, false) => Self::Short,
            (_, true) if badness < CLEAR => Self::Beyond,
            (_, true) => Self::At,
        }
    }

    /// Whether the bar holds, as a table says it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Beyond | Self::At => "yes",
            Self::Short => "NO",
            Self::Absent => ABSENT,
        }
    }
}

impl Row {
    fn of(&self, role: Role) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.role == role)
    }

    /// The median of ours.
    pub(crate) fn ours(&self) -> f64 {
        self.of(Role::Ours).next().map_or(f64::NAN, Entry::median)
    }

    /// The peer with the least median, if the row has peers.
    pub(crate) fn best_peer(&self) -> Option<&Entry> {
        self.best(Role::Peer)
    }

    fn best(&self, role: Role) -> Option<&Entry> {
        let there = self.of(role).filter(|entry| !entry.is_absent());
        there.min_by(|a, b| a.median().total_cmp(&b.median()))
    }

    /// What ours is to the best peer's, without peers to the least of the references, without these
    /// the figure itself.
    pub(crate) fn ratio(&self) -> f64 {
        match self.best_peer().or_else(|| self.best(Role::Reference)) {
            None => self.ours(),
            other => self.over(other),
        }
    }

    /// Nobody is measured beside ours.
    pub(crate) fn is_alone(&self) -> bool {
        self.entries.iter().all(|entry| entry.role == Role::Ours)
    }

    /// The contender with this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// What ours is to another's in the same round, for most of them.
    fn over(&self, other: Option<&Entry>) -> f64 {
        let ours = self.of(Role::Ours).next().zip(other);
        ours.map_or(f64::NAN, |(ours, other)| ours.figures.over(&other.figures))
    }

    /// The figures, in the unit of the row, at which its bars would just hold.
    pub(crate) fn limits(&self) -> Vec<f64> {
        let median = |entry: Option<&Entry>| entry.map_or(f64::NAN, Entry::median);
        let limit = |bar: &Bar| match bar {
            Bar::OfBestPeer(limit) => median(self.best_peer()) * limit,
            Bar::Of(name, limit) => median(self.named(name)) * limit,
            Bar::Times(name, limit) => median(self.named(name)) / limit,
            Bar::AtMost(limit, _) => *limit,
        };
        self.bars.iter().map(limit).filter(|limit| limit.is_finite()).collect()
    }

    /// Every bar, judged.
    pub(crate) fn verdicts(&self) -> Vec<Verdict> {
        self.bars.iter().map(|bar| self.judge(bar)).collect()
    }

    fn judge(&self, bar: &Bar) -> Verdict {
        match bar {
            Bar::OfBestPeer(limit) => at_most(self.over(self.best_peer()), *limit, "best"),
            Bar::Of(name, limit) => at_most(self.over(self.named(name)), *limit, name),
            Bar::Times(name, limit) => {
                let ratio = self.over(self.named(name)).recip();
                Verdict {
                    figure: number(ratio),
                    bar: format!(">= {limit} x {name}"),
                    standing: Standing::of(rounded(ratio, 2) >= *limit, limit / ratio),
                }
            }
            Bar::AtMost(limit, decimals) => Verdict {
                figure: number(self.ours()),
                bar: format!("<= {limit:.decimals$}"),
                standing: Standing::of(
                    rounded(self.ours(), *decimals) <= *limit,
                    // Nothing is beyond a bar of zero.
                    if *limit == 0.0 && !self.ours().is_nan() { 1.0 } else { self.ours() / limit },
                ),
            },
        }
    }
}

fn at_most(ratio: f64, limit: f64, other: &str) -> Verdict {
    Verdict {
        figure: if ratio.is_nan() { ABSENT.to_owned() } else { format!("{ratio:.2}") },
        bar: format!("<= {limit:.2} of {other}"),
        standing: Standing::of(rounded(ratio, 2) <= limit, ratio / limit),
    }
}

/// The row with every contender's median, minimum and maximum, for reading while it runs.
pub(crate) fn block(row: &Row) -> String {
    let mut text = format!("{}, {}\n", row.workload, row.unit);
    let best = row.best_peer().map(|entry| &entry.name);
    for entry in &row.entries {
        let mark = if best == Some(&entry.name) { "  best peer" } else { "" };
        let _ = writeln!(text, "{}{mark}", line(entry));
    }
    for verdict in row.verdicts() {
        let word = verdict.standing.word();
        let _ = writeln!(text, "  {}, bar {}: holds? {word}", verdict.figure, verdict.bar);
    }
    if let Some(note) = &row.note {
        let _ = writeln!(text, "  {note}");
    }
    text
}

fn line(entry: &Entry) -> String {
    if entry.is_absent() {
        return format!("  {:<18}{ABSENT:>12}", entry.name);
    }
    let figures = &entry.figures;
    let [median, low, high] = [figures.median(), figures.min(), figures.max()].map(number);
    let spread = format!("({low} .. {high})");
    format!("  {:<18}{median:>12}  {spread:<26}{}", entry.name, used(entry))
}

/// What a turn took from the machine, where it is known.
fn used(entry: &Entry) -> String {
    let Some(usage) = entry.usage else { return String::new() };
    let peak = usage.peak_bytes.map_or_else(|| "-".to_owned(), text::bytes);
    let (cpu, switches) = (text::time(usage.cpu_seconds * 1e9), text::thousands(usage.switches));
    format!("  CPU {cpu}, peak +{peak}, {switches} switches")
}

fn rounded(value: f64, decimals: usize) -> f64 {
    format!("{value:.decimals$}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests;

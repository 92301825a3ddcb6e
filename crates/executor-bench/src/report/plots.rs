//! Which plots there are of what was measured.

use crate::compare::{Cell, Comparison, Kind, Place, QUANTILES};
use crate::measure::{Entry, Role};
use crate::row::Row;
use crate::scale::{self, Sweep};
use crate::text::{self, number, time};

use super::bars::{Bar, Bars};
use super::chart::{Axis, Chart, Line};

/// A chart with what stands above it.
pub(super) struct Titled {
    pub(super) title: String,
    pub(super) chart: Chart,
}

fn sizes() -> Axis {
    Axis { name: "size of a task", logarithmic: true, ticks: Vec::new(), show: time }
}

/// A label without needless decimals.
fn round(value: f64) -> String {
    match value {
        10.0.. => text::thousands(value.round() as u64),
        _ => number(value).trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

fn counts(name: &'static str) -> Axis {
    Axis { name, logarithmic: true, ticks: Vec::new(), show: round }
}

/// All charts of the comparison, in the order in which a reader asks.
pub(super) fn of_comparison(comparison: &Comparison) -> Vec<Titled> {
    let mut charts = vec![cross_over(comparison)];
    charts.push(efficiency(comparison));
    charts.extend(Kind::ALL.into_iter().map(|kind| throughput(comparison, kind)));
    charts.extend(waits(comparison));
    charts.retain(|titled| titled.chart.lines.iter().any(|line| !line.points.is_empty()));
    charts
}

/// How many times as long processes take, a line for each payload.
fn cross_over(comparison: &Comparison) -> Titled {
    let line = |payload| {
        let cells = comparison.by_size(Kind::Cpu, payload);
        let points = cells.iter().map(|cell| (cell.spec.nanos as f64, cell.ratio()));
        let name = if payload == 0 { "no payload".to_owned() } else { text::bytes(payload) };
        Line { name, points: points.collect() }
    };
    let lines = comparison.payloads().into_iter().map(line).collect();
    let y = counts("time of processes / threads");
    Titled {
        title: "CPU-bound tasks: how many times as long processes take; the line is 1.05"
            .to_owned(),
        chart: Chart { x: sizes(), y, lines, goal: Some(1.05) },
    }
}

/// Tasks a second over their size, a line for each place.
fn throughput(comparison: &Comparison, kind: Kind) -> Titled {
    let cells = comparison.by_size(kind, 0);
    let line = |place: Place| {
        let measured = cells.iter().filter(|cell| cell.take(place).is_some());
        let points = measured.map(|cell| (cell.spec.nanos as f64, 1e9 / cell.per_task(place)));
        Line { name: place.name().to_owned(), points: points.collect() }
    };
    Titled {
        title: format!("Throughput of {} tasks, {} workers", kind.name(), comparison.workers),
        chart: Chart {
            x: sizes(),
            y: counts("tasks a second"),
            lines: pools_first().map(line).into(),
            goal: None,
        },
    }
}

/// The share of the ideal over the size of the tasks.
fn efficiency(comparison: &Comparison) -> Titled {
    let cells = comparison.by_size(Kind::Cpu, 0);
    let line = |place: Place| {
        let share = |cell: &&Cell| 100.0 * comparison.efficiency(cell, place);
        let points = cells.iter().map(|cell| (cell.spec.nanos as f64, share(cell)));
        Line { name: place.name().to_owned(), points: points.collect() }
    };
    let y = Axis {
        name: "share of the ideal, %",
        logarithmic: false,
        ticks: Vec::new(),
        show: |share| format!("{share:.0}"),
    };
    let lines = [Place::Threads, Place::Processes].map(line).into();
    Titled {
        title: format!("Efficiency of CPU-bound tasks, {} workers", comparison.workers),
        chart: Chart { x: sizes(), y, lines, goal: Some(100.0) },
    }
}

/// The same order everywhere, and so the same colours.
fn pools_first() -> [Place; 3] {
    [Place::Threads, Place::Processes, Place::Sequential]
}

/// The distribution of waits for some sizes: the smallest, one in the middle, the largest.
fn waits(comparison: &Comparison) -> Vec<Titled> {
    let cells = comparison.by_size(Kind::Cpu, 0);
    let mut chosen: Vec<usize> = vec![0, cells.len() / 2, cells.len().saturating_sub(1)];
    chosen.dedup();
    let chosen = chosen.into_iter().filter_map(|n| cells.get(n));
    let chart = |cell: &&Cell| {
        let line = |place: Place| {
            let waits = cell.take(place).map_or(&[][..], |take| &take.waits);
            let points = QUANTILES.iter().map(|q| 100.0 * q).zip(waits.iter().copied());
            Line { name: place.name().to_owned(), points: points.collect() }
        };
        Titled {
            title: format!("Waits for tasks of {}", time(cell.spec.nanos as f64)),
            chart: Chart {
                x: Axis {
                    name: "share of the callers who wait no longer, %",
                    logarithmic: false,
                    ticks: vec![0.0, 25.0, 50.0, 75.0, 90.0, 100.0],
                    show: |share| format!("{share:.0}"),
                },
                y: Axis { name: "wait", logarithmic: true, ticks: Vec::new(), show: time },
                lines: pools_first().map(line).into(),
                goal: None,
            },
        }
    };
    chosen.map(chart).collect()
}

/// The contenders of a row, ours first and then the best.
pub(super) fn of_row(row: &Row) -> Bars {
    let mut entries: Vec<_> = row.entries.iter().collect();
    // Who is absent is no number, and comes last.
    entries.sort_by(|a, b| {
        let ours = (b.role == Role::Ours).cmp(&(a.role == Role::Ours));
        ours.then(a.median().total_cmp(&b.median()))
    });
    let bar = |entry: &&Entry| Bar {
        name: entry.name.clone(),
        value: entry.median(),
        spread: (entry.figures.min(), entry.figures.max()),
        colour: match entry.role {
            Role::Ours => 0,
            Role::Peer => 1,
            Role::Reference => 2,
        },
    };
    Bars { bars: entries.iter().map(bar).collect(), goals: row.limits() }
}

/// The first columns of the sweeps over the same axis, threads and processes together.
pub(super) fn of_sweeps(sweeps: &[Sweep]) -> Vec<Titled> {
    let mut axes: Vec<&str> = Vec::new();
    for sweep in sweeps {
        if !axes.contains(&sweep.axis.as_str()) {
            axes.push(&sweep.axis);
        }
    }
    axes.into_iter().map(|axis| over(axis, sweeps)).collect()
}

fn over(axis: &str, sweeps: &[Sweep]) -> Titled {
    let alike = sweeps.iter().filter(|sweep| sweep.axis == axis);
    let line = |sweep: &Sweep| {
        let first = |line: &scale::Line| {
            (line.at as f64, line.figures.first().map_or(f64::NAN, |figures| figures.median()))
        };
        Line { name: sweep.title.clone(), points: sweep.lines.iter().map(first).collect() }
    };
    let points = alike.clone().flat_map(|sweep| &sweep.lines).map(|line| line.at as f64);
    let x = Axis { ticks: points.collect(), ..counts("how many") };
    let lines = alike.map(line).collect();
    Titled {
        title: format!("What a task costs with more and more {axis}"),
        chart: Chart { x, y: counts("ns per task"), lines, goal: None },
    }
}

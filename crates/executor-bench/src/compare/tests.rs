//! Efficiency, tables and the way through JSON, on figures that are known.

use super::cell::Take;
use super::comparison::Start;
use super::*;
use crate::machine::tests::machine;

fn take(place: Place, per_task: f64) -> Take {
    Take {
        place,
        per_task: vec![per_task].into(),
        waits: QUANTILES.iter().map(|q| per_task * (1.0 + q)).collect(),
        trips: 100,
        tasks: 100,
        usage: None,
    }
}

/// A cell where processes cost `extra` nanoseconds more than threads.
pub(super) fn cell(kind: Kind, nanos: u64, payload: u64, extra: f64) -> Cell {
    let spec = cell::Spec { kind, nanos, payload, workers: 2 };
    let threads = nanos as f64 / 2.0;
    let takes = vec![take(Place::Threads, threads), take(Place::Processes, threads + extra)];
    Cell { spec, takes }
}

pub(super) fn comparison(cells: Vec<Cell>) -> Comparison {
    Comparison {
        machine: machine(),
        workers: 2,
        cells,
        starts: Vec::new(),
        directory: None,
        absent: Vec::new(),
    }
}

pub(super) fn sized(kind: Kind, payload: u64, extra: f64) -> Vec<Cell> {
    [1_000, 100_000, 10_000_000].map(|nanos| cell(kind, nanos, payload, extra)).into()
}

/// The cells of [`sized`] with what they take one after another.
fn whole() -> Comparison {
    let mut cells = sized(Kind::Cpu, 0, 2_000.0);
    for cell in &mut cells {
        cell.takes.push(take(Place::Sequential, cell.spec.nanos as f64));
    }
    cells.push(cell(Kind::Cpu, 1_000, 1 << 20, 9_000.0));
    let mut comparison = comparison(cells);
    comparison.starts.push(Start { place: Place::Processes, nanos: vec![2e6].into() });
    comparison
}

#[test]
fn efficiency_is_taken_to_what_one_after_another_takes() {
    let comparison = whole();
    let shares =
        |cell| Place::ALL.map(|place| (100.0 * comparison.efficiency(cell, place)).round());
    assert_eq!(shares(&comparison.cells[0]), [100.0, 100.0, 20.0]);
    // A payload is compared with the same task without one.
    let with_payload = &comparison.cells[3];
    assert_eq!(comparison.efficiency(with_payload, Place::Threads), 1.0);
    let alone = self::comparison(vec![cell(Kind::Sleep, 1_000, 0, 0.0)]);
    assert!(alone.efficiency(&alone.cells[0], Place::Threads).is_nan());
}

#[test]
fn a_slow_spell_that_hits_both_makes_neither_dearer() {
    let mut cell = cell(Kind::Cpu, 1_000, 0, 0.0);
    cell.takes[0].per_task = vec![100.0, 400.0, 100.0].into();
    cell.takes[1].per_task = vec![101.0, 404.0, 404.0].into();
    assert_eq!(cell.ratio(), 1.01);
    cell.takes.pop();
    assert!(cell.ratio().is_nan());
}

#[test]
fn the_tables_show_rates_shares_and_what_is_missing() {
    let tables = tables(&whole());
    let titles: Vec<&str> = tables.iter().map(|(title, _)| *title).collect();
    assert!(titles[0].starts_with("Throughput") && titles.len() == 3, "{titles:?}");
    let line = &tables[0].1[1];
    let first = ["CPU-bound", "1 us", "0 B", "2"];
    let rates = ["1,000,000", "2,000,000 (100 %)", "400,000 (20 %)", "5.00"];
    assert_eq!(*line, [first, rates].concat());
    assert_eq!(tables[0].1[4][4], "-", "one after another was not measured with a payload");
    assert_eq!(tables[1].1[1][5], "750 ns / 995 ns");
}

#[test]
fn a_comparison_comes_back_from_json() {
    let comparison = whole();
    let written = serde_json::to_string(&comparison).expect("plain data");
    let read: Comparison = serde_json::from_str(&written).expect("what was written");
    assert_eq!(read, comparison);
}

#[test]
fn wrong_options_are_refused_before_anything_is_measured() {
    let refused = |options: Options| run(&options).expect_err("nothing to measure");
    let wrong = Options { filter: Some("sise".to_owned()), ..Options::default() };
    assert!(refused(wrong).contains("choose of sizes"));
    let none = Options { filter: Some("directory".to_owned()), ..Options::default() };
    assert!(refused(none).contains("--directory"));
}

#[test]
fn a_turn_has_as_many_tasks_as_its_time_and_memory_allow() {
    let effort = cell::Effort { burst: std::time::Duration::from_millis(60), rounds: 7 };
    let turn = |nanos, payload| {
        let spec = cell::Spec { kind: Kind::Cpu, nanos, payload, workers: 2 };
        (effort.tasks(&spec), effort.trips(&spec))
    };
    assert_eq!(turn(1_000, 0), (10_000, 1_000));
    assert_eq!(turn(100_000_000, 0), (4, 2));
    assert_eq!(turn(1_000, 1 << 20), (64, 32));
    assert_eq!(turn(1_000, 64 << 20), (2, 1));
}

//! Passes go round and round, each workload has as many as it should, and what fails ends the run.

use std::cell::RefCell;

use super::*;
use crate::measure::{Entry, Role};

fn plan(quick: bool) -> Plan {
    Plan { workers: 2, quick, python: String::new() }
}

fn rows(workload: &str, figure: f64) -> Vec<Row> {
    vec![Row {
        workload: workload.to_owned(),
        unit: "ns".to_owned(),
        entries: vec![Entry::new("ours", Role::Ours, vec![figure])],
        bars: Vec::new(),
        note: None,
    }]
}

/// Workloads whose passes take no time: as many passes as may be, but for the one that is measured
/// once.
fn workloads() -> Vec<&'static Workload> {
    ["burst", "idle", "semaphore"]
        .iter()
        .map(|name| crate::workload::named(name))
        .collect::<Result<_, _>>()
        .expect("they are listed")
}

#[test]
fn passes_are_spread_evenly_over_the_laps() {
    let laps =
        |passes| (0..Plan::MOST_PASSES).filter(|&lap| is_due(passes, lap)).collect::<Vec<_>>();
    assert_eq!(laps(1), [0]);
    assert_eq!(laps(3), [0, 10, 20]);
    assert_eq!(laps(5), [0, 5, 10, 15, 20]);
    assert_eq!(laps(11), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    assert_eq!(laps(19).len(), 19);
    assert_eq!(laps(21), (0..21).collect::<Vec<_>>());
}

#[test]
fn workloads_take_turns_and_their_figures_keep_the_order_of_the_passes() {
    let order = RefCell::new(Vec::new());
    let shown = RefCell::new(Vec::new());
    let measure = |workload: &Workload| {
        order.borrow_mut().push(workload.name());
        Ok(rows(workload.name(), order.borrow().len() as f64))
    };
    let show = |rows: &[Row]| shown.borrow_mut().push((order.borrow().len(), rows.to_vec()));
    let measured = in_laps(&plan(false), &workloads(), measure, show).expect("nothing fails");
    let lap = ["burst", "semaphore"];
    let rest = lap.repeat(Plan::MOST_PASSES - 1);
    assert_eq!(order.into_inner(), [&["burst", "idle", "semaphore"], &rest[..]].concat());
    let passes = measured.iter().map(|rows| rows[0].entries[0].figures.len());
    assert_eq!(passes.collect::<Vec<_>>(), [21, 1, 21]);
    let burst = &measured[0][0].entries[0].figures;
    assert_eq!(burst.by_round(4).collect::<Vec<_>>(), [1.0, 4.0, 6.0, 8.0].map(Some));
    let shown = shown.into_inner();
    let when: Vec<usize> = shown.iter().map(|(passes, _)| *passes).collect();
    assert_eq!(when, [2, 42, 43], "each after its last pass");
    assert_eq!(shown[2].1, measured[2]);
}

#[test]
fn a_quick_run_has_one_pass_of_each() {
    let measured = in_laps(&plan(true), &workloads(), |one| Ok(rows(one.name(), 1.0)), |_| ());
    let measured = measured.expect("nothing fails");
    assert!(measured.iter().all(|rows| rows[0].entries[0].figures.len() == 1));
}

#[test]
fn a_pass_that_fails_ends_the_run() {
    let measure = |workload: &Workload| match workload.name() {
        "semaphore" => Err("semaphore failed".to_owned()),
        name => Ok(rows(name, 1.0)),
    };
    let refused = in_laps(&plan(false), &workloads(), measure, |_| ());
    assert_eq!(refused, Err("semaphore failed".to_owned()));
}

#[test]
fn a_wrong_name_is_refused_before_anything_is_measured() {
    let error = run(&plan(true), Some("brust"), |_| ()).expect_err("there is none");
    assert!(error.contains("choose of burst"), "{error}");
}

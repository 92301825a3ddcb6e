//! Turns alternate, and every line has what was measured at its number.

use super::*;

#[test]
fn numbers_alternate_and_large_ones_may_take_fewer_turns() {
    let mut seen = Vec::new();
    let rounds = |at| if at < 100 { 2 } else { 1 };
    let lines = sweep("n", &[1, 100], rounds, |at| {
        seen.push(at);
        vec![at as f64, seen.len() as f64, 0.0]
    });
    assert_eq!(seen, [1, 100, 1, 100, 1]);
    assert_eq!(lines[0].figures[0].len(), 2);
    assert_eq!(lines[0].figures[1].max(), 5.0);
    assert_eq!(lines[1].figures, [vec![100.0].into(), vec![4.0].into(), vec![0.0].into()]);
}

#[test]
fn of_memory_the_most_counts_and_the_warm_up_does_as_well() {
    let mut memory = [9.0, f64::NAN, 5.0].into_iter();
    let lines = sweep("n", &[1], |_| 2, |_| vec![1.0, memory.next().expect("three turns")]);
    assert_eq!(lines[0].figures, [vec![1.0, 1.0].into(), vec![9.0].into()]);
    let unknown = sweep("n", &[1], |_| 2, |_| vec![1.0, f64::NAN]);
    assert!(unknown[0].figures[1].is_empty());
}

#[test]
fn a_table_says_where_nobody_could_tell() {
    let sweep = Sweep {
        title: "t".to_owned(),
        axis: "tasks".to_owned(),
        columns: vec!["ns".to_owned(), "bytes".to_owned()],
        lines: vec![Line { at: 1_000, figures: vec![vec![2.0].into(), vec![f64::NAN].into()] }],
        note: None,
    };
    let cells = [["tasks", "ns", "bytes"], ["1,000", "2.00", "-"]];
    assert_eq!(sweep.table(), cells.map(|line| line.map(str::to_owned).to_vec()));
}

#[test]
fn costs_are_for_each_task() {
    let [nanos, ..] = costs(10, || 7.0);
    assert_eq!(nanos, 7.0);
}

//! Ratios are compared, not figures, and what cannot be compared does not count.

use super::*;
use crate::machine::tests::machine;
use crate::measure::{Entry, Role};
use crate::text::ABSENT;

fn row(workload: &str, ours: f64, peer: Option<f64>) -> Row {
    let peer = peer.map(|figure| Entry::new("peer", Role::Peer, vec![figure]));
    let entries = [Entry::new("ours", Role::Ours, vec![ours])].into_iter().chain(peer).collect();
    Row { workload: workload.to_owned(), unit: "ns".to_owned(), entries, bars: vec![], note: None }
}

fn contest(rows: Vec<Row>) -> Contest {
    let mut contest = Contest::new(machine());
    contest.add("Threads", rows);
    contest
}

#[test]
fn a_machine_that_is_twice_as_slow_agrees() {
    let first = contest(vec![row("a", 10.0, Some(20.0)), row("b", 10.0, Some(20.0))]);
    let second = contest(vec![row("b", 24.0, Some(40.0)), row("a", 20.0, Some(40.0))]);
    let text = agreement(&first, &second);
    assert!(text.contains("\n1 of 2 ratios agree within 15 %, and 0 of 0 figures"), "{text}");
    assert!(text.contains("0.60") && text.contains("20 %, more"), "{text}");
}

#[test]
fn without_a_peer_the_figures_are_compared_and_counted_apart() {
    let first = contest(vec![row("a", 10.0, None), row("b", 10.0, Some(20.0))]);
    let second = contest(vec![row("a", 11.4, None), row("b", 10.0, Some(20.0))]);
    let text = agreement(&first, &second);
    assert!(text.contains("14 %") && text.contains("1 of 1 ratios"), "{text}");
    assert!(text.ends_with("and 1 of 1 figures that have nothing beside them."), "{text}");
}

#[test]
fn a_row_that_one_run_lacks_and_one_of_nothing_do_not_count() {
    let first = contest(vec![row("a", 10.0, None), row("idle", 0.0, None)]);
    let text = agreement(&first, &contest(vec![row("idle", 0.0, None)]));
    assert!(text.contains(ABSENT) && text.contains("0 of 0 ratios"), "{text}");
}

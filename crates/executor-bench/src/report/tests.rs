//! Bars are judged as they are printed.

use super::*;

fn row(ours: f64, peers: &[f64], bar: Bar) -> Row {
    let peers = peers.iter().map(|&median| Entry::new("peer", Role::Peer, vec![median]));
    let mut entries = vec![Entry::new("ours", Role::Ours, vec![ours])];
    entries.extend(peers);
    Row { workload: "w".into(), unit: "ns", entries, bars: vec![bar], note: None }
}

fn holds(row: &Row) -> bool {
    row.verdicts()[0].holds
}

#[test]
fn ratio_is_taken_to_the_best_peer() {
    assert!(holds(&row(60.0, &[300.0, 100.0], Bar::OfBestPeer(0.60))));
    assert!(!holds(&row(61.0, &[300.0, 100.0], Bar::OfBestPeer(0.60))));
}

#[test]
fn a_bar_is_compared_with_its_own_decimals() {
    assert!(holds(&row(1.04, &[], Bar::AtMost(1.0, 1))));
    assert!(!holds(&row(1.04, &[], Bar::AtMost(1.0, 2))));
    assert!(holds(&row(0.0, &[], Bar::AtMost(0.0, 0))));
}

#[test]
fn a_row_without_a_figure_never_holds() {
    assert!(!holds(&row(1.0, &[], Bar::OfBestPeer(1.0))));
}

#[test]
fn an_absent_peer_is_named_and_judges_nothing() {
    let mut row = row(1.0, &[2.0], Bar::Times("gone", 2.0));
    row.entries.push(Entry::absent("gone", Role::Peer));
    assert_eq!(row.verdicts()[0].word(), "absent");
    assert_eq!(row.best_peer().map(Entry::median), Some(2.0));
    assert!(block(&row).contains("gone                 absent"), "{}", block(&row));
}

#[test]
fn a_bar_can_name_whom_it_is_taken_to() {
    assert!(holds(&row(50.0, &[100.0], Bar::Of("peer", 0.50))));
    assert!(holds(&row(50.0, &[100.0], Bar::Times("peer", 2.0))));
    assert!(!holds(&row(51.0, &[100.0], Bar::Times("peer", 2.0))));
}

#[test]
fn numbers_are_short_and_grouped() {
    let shown = [0.5, 12.34, 340.4, 1_234_567.0, 0.0, -1_234.0].map(number);
    assert_eq!(shown, ["0.50", "12.3", "340", "1,234,567", "0", "-1,234"]);
}

#[test]
fn table_names_the_best_peer_first() {
    let table = table(&[row(60.0, &[300.0, 100.0], Bar::OfBestPeer(0.60))]);
    let last = table.lines().last().unwrap_or_default();
    let cells: Vec<&str> = last.split('|').map(str::trim).collect();
    let others = "peer 100, peer 300";
    assert_eq!(cells, ["", "w", "ns", "60.0", others, "0.60", "<= 0.60 of best", "yes", ""]);
}

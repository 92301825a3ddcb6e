//! Bars are judged as they are printed.

use super::*;
use crate::usage::Usage;

fn row(ours: f64, peers: &[f64], bar: Bar) -> Row {
    let peers = peers.iter().map(|&median| Entry::new("peer", Role::Peer, vec![median]));
    let mut entries = vec![Entry::new("ours", Role::Ours, vec![ours])];
    entries.extend(peers);
    Row { workload: "w".into(), unit: "ns".to_owned(), entries, bars: vec![bar], note: None }
}

fn holds(row: &Row) -> bool {
    matches!(row.verdicts()[0].standing, Standing::At | Standing::Beyond)
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
    let mut row = row(1.0, &[2.0], Bar::Times("gone".to_owned(), 2.0));
    row.entries.push(Entry::new("gone", Role::Peer, Vec::new()));
    assert_eq!(row.verdicts()[0].standing.word(), "absent");
    assert_eq!(row.best_peer().map(Entry::median), Some(2.0));
    assert!(block(&row).contains("gone                    absent"), "{}", block(&row));
}

#[test]
fn a_bar_can_name_whom_it_is_taken_to() {
    assert!(holds(&row(50.0, &[100.0], Bar::Of("peer".to_owned(), 0.50))));
    assert!(holds(&row(50.0, &[100.0], Bar::Times("peer".to_owned(), 2.0))));
    assert!(!holds(&row(51.0, &[100.0], Bar::Times("peer".to_owned(), 2.0))));
}

#[test]
fn the_standing_tells_what_is_clearly_beyond() {
    let standing = |ours, bar| row(ours, &[100.0], bar).verdicts()[0].standing;
    assert_eq!(standing(50.0, Bar::OfBestPeer(0.60)), Standing::Beyond);
    assert_eq!(standing(59.0, Bar::OfBestPeer(0.60)), Standing::At);
    assert_eq!(standing(90.0, Bar::OfBestPeer(0.60)), Standing::Short);
    assert_eq!(standing(10.0, Bar::Times("peer".to_owned(), 2.0)), Standing::Beyond);
    assert_eq!(standing(0.0, Bar::AtMost(0.0, 0)), Standing::At);
    assert_eq!(standing(1.0, Bar::Of("gone".to_owned(), 1.0)), Standing::Absent);
}

#[test]
fn the_block_shows_spread_and_usage() {
    let mut row = row(2.0, &[4.0], Bar::OfBestPeer(0.60));
    let usage = Usage { cpu_seconds: 0.25, peak_bytes: Some(3 << 20), switches: 1_234 };
    row.entries[0].usage = Some(usage);
    let shown = block(&row);
    let ours = "ours                      2.00  (2.00 .. 2.00)              \
                CPU 250 ms, peak +3 MiB, 1,234 switches";
    assert!(shown.contains(ours), "{shown}");
    assert!(shown.contains("0.50, bar <= 0.60 of best: holds? yes"), "{shown}");
}

#[test]
fn a_row_comes_back_from_json() {
    let row = row(1.5, &[2.0], Bar::Times("peer".to_owned(), 2.0));
    let written = serde_json::to_string(&row).expect("a row is plain data");
    let read: Row = serde_json::from_str(&written).expect("what was written");
    assert_eq!(read, row);
}

#[test]
fn limits_are_in_the_unit_of_the_row() {
    let mut row = row(50.0, &[100.0], Bar::OfBestPeer(0.60));
    row.bars.extend([Bar::Times("peer".to_owned(), 4.0), Bar::AtMost(7.0, 0)]);
    row.bars.push(Bar::Of("gone".to_owned(), 1.0));
    assert_eq!(row.limits(), [60.0, 25.0, 7.0]);
}

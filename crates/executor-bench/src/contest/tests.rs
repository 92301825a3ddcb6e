//! Tables name the best peer first, and the closing words leave no row out.

use super::*;
use crate::machine::tests::machine;
use crate::measure::{Entry, Role};
use crate::row::Bar;

fn row(workload: &str, ours: f64, peers: &[(&str, f64)], bar: Bar) -> Row {
    let mut entries = vec![Entry::new("ours", Role::Ours, vec![ours])];
    let peer = |&(name, median)| Entry::new(name, Role::Peer, vec![median]);
    entries.extend(peers.iter().map(peer));
    let (workload, unit) = (workload.to_owned(), "ns".to_owned());
    Row { workload, unit, entries, bars: vec![bar], note: None }
}

fn contest() -> Contest {
    let mut contest = Contest::new(machine());
    let peers = [("slow", 300.0), ("quick", 100.0)];
    contest.add("Threads", vec![row("a", 60.0, &peers, Bar::OfBestPeer(0.60))]);
    contest.add("Locks", vec![row("b", 70.0, &peers, Bar::OfBestPeer(0.60))]);
    contest.add("Threads", vec![row("c", 1.0, &peers, Bar::Times("quick".to_owned(), 2.0))]);
    contest.add("Threads", vec![row("d", 1.0, &[], Bar::Of("gone".to_owned(), 2.0))]);
    contest
}

#[test]
fn the_table_names_the_best_peer_first() {
    let cells = contest().groups[0].lines()[1].clone();
    let others = "quick 100, slow 300";
    assert_eq!(cells, ["a", "ns", "60.0", others, "0.60", "<= 0.60 of best", "yes"]);
}

#[test]
fn rows_of_one_group_stand_together() {
    let contest = contest();
    let shown: Vec<_> = contest.groups.iter().map(|g| (g.name.as_str(), g.rows.len())).collect();
    assert_eq!(shown, [("Threads", 3), ("Locks", 1)]);
}

#[test]
fn the_closing_words_list_every_row() {
    let expected = [
        ("1 beyond the bar", "c (100, bar >= 2 x quick)"),
        ("1 at the bar", "a (0.60, bar <= 0.60 of best)"),
        ("1 short of the bar", "b (0.70, bar <= 0.60 of best)"),
        ("1 not judged, as who they are taken to is absent", "d (absent, bar <= 2.00 of gone)"),
    ];
    let expected = expected.map(|(words, row)| (words.to_owned(), vec![row.to_owned()]));
    assert_eq!(contest().closing(), expected);
}

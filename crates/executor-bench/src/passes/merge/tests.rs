//! Figures stay in their rounds, whoever was there.

use super::*;
use crate::measure::Role;
use crate::row::Bar;

fn row(workload: &str, contenders: &[(&str, &[f64])]) -> Row {
    let entry = |&(name, figures): &(&str, &[f64])| {
        let role = if name == "ours" { Role::Ours } else { Role::Peer };
        Entry::new(name, role, figures.to_vec())
    };
    Row {
        workload: workload.to_owned(),
        unit: "ns".to_owned(),
        entries: contenders.iter().map(entry).collect(),
        bars: vec![Bar::OfBestPeer(0.60)],
        note: None,
    }
}

#[test]
fn figures_follow_each_other_pass_by_pass() {
    let first = row("w", &[("ours", &[1.0, 5.0]), ("peer", &[2.0, 10.0])]);
    let second = row("w", &[("ours", &[3.0, 4.0]), ("peer", &[6.0, 8.0])]);
    let whole = row("w", &[("ours", &[1.0, 5.0, 3.0, 4.0]), ("peer", &[2.0, 10.0, 6.0, 8.0])]);
    assert_eq!(merged(&[vec![first], vec![second]]), [whole]);
}

#[test]
fn rows_are_told_apart_by_their_workload_and_keep_their_order() {
    let pass = |figure| vec![row("b", &[("ours", &[figure])]), row("a", &[("ours", &[figure])])];
    let rows = merged(&[pass(1.0), pass(2.0)]);
    assert_eq!(rows, [row("b", &[("ours", &[1.0, 2.0])]), row("a", &[("ours", &[1.0, 2.0])])]);
}

#[test]
fn who_was_absent_in_a_pass_is_compared_in_the_rounds_of_the_others() {
    let with = |ours: &[f64], peer: &[f64]| vec![row("w", &[("ours", ours), ("peer", peer)])];
    let rows = merged(&[with(&[100.0, 100.0], &[]), with(&[1.0, 2.0], &[2.0, 4.0])]);
    let peer = &rows[0].entries[1].figures;
    assert_eq!((peer.len(), peer.rounds()), (2, 4));
    assert_eq!(rows[0].ratio(), 0.5);
    let later = merged(&[with(&[1.0, 2.0], &[2.0, 4.0]), with(&[100.0, 100.0], &[])]);
    assert_eq!(later[0].ratio(), 0.5);
}

#[test]
fn who_was_not_even_named_in_a_pass_is_like_one_who_was_absent() {
    let first = row("w", &[("ours", &[9.0])]);
    let second = row("w", &[("late", &[4.0]), ("ours", &[2.0])]);
    let rows = merged(&[vec![first], vec![second]]);
    let names: Vec<_> = rows[0].entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["ours", "late"]);
    assert_eq!(rows[0].ratio(), 0.5);
}

#[test]
fn who_was_never_there_stays_absent() {
    let pass = || vec![row("w", &[("ours", &[1.0, 2.0]), ("gone", &[])])];
    let rows = merged(&[pass(), pass(), pass()]);
    assert!(rows[0].entries[1].is_absent());
    assert_eq!(rows[0].entries[1].figures.rounds(), 0);
}

#[test]
fn usage_is_that_of_the_passes_that_tell_it() {
    let pass = |usage| {
        let mut row = row("w", &[("ours", &[1.0])]);
        row.entries[0].usage = usage;
        vec![row]
    };
    let used =
        |cpu_seconds, peak, switches| Some(Usage { cpu_seconds, peak_bytes: Some(peak), switches });
    let passes = [used(1.0, 90, 7), None, used(3.0, 10, 9), used(2.0, 20, 8)];
    let rows = merged(&passes.map(pass));
    assert_eq!(rows[0].entries[0].usage, used(2.0, 90, 8));
    assert_eq!(merged(&[None, None].map(pass))[0].entries[0].usage, None);
}

#[test]
fn a_note_says_what_only_some_passes_say() {
    let pass = |note: Option<&str>| {
        vec![Row { note: note.map(str::to_owned), ..row("w", &[("ours", &[1.0])]) }]
    };
    let note = |notes: &[Option<&str>]| {
        let passes: Vec<_> = notes.iter().copied().map(pass).collect();
        merged(&passes)[0].note.clone()
    };
    assert_eq!(note(&[None, None]), None);
    assert_eq!(note(&[Some("a; b"), Some("a; b")]).as_deref(), Some("a; b"));
    let absent = note(&[Some("a"), Some("a; peer absent: no room"), Some("a")]);
    assert_eq!(absent.as_deref(), Some("a; peer absent: no room (in 1 of 3 passes)"));
    assert_eq!(note(&[Some("a"), None]).as_deref(), Some("a (in 1 of 2 passes)"));
}

#[test]
fn one_pass_is_the_row_itself_and_none_is_nothing() {
    let rows = vec![row("w", &[("ours", &[1.0]), ("gone", &[])])];
    assert_eq!(merged(std::slice::from_ref(&rows)), rows);
    assert_eq!(merged(&[Vec::new(), Vec::new()]), []);
}

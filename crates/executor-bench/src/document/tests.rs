//! What is written is what is read.

use super::*;
use crate::machine::tests::machine;
use crate::measure::{Entry, Role};
use crate::row::{Bar, Row};
use crate::scale::{Line, Sweep};

fn contest(ours: f64) -> Contest {
    let mut contest = Contest::new(machine());
    let entries = vec![
        Entry::new("ours", Role::Ours, vec![ours, 2.5]),
        Entry::new("gone", Role::Peer, Vec::new()),
    ];
    let (workload, unit) = ("w".to_owned(), "ns".to_owned());
    let bars = vec![Bar::OfBestPeer(0.6), Bar::AtMost(3.0, 1), Bar::Times("gone".to_owned(), 2.0)];
    let note = Some("a \"note\"".to_owned());
    contest.add("Threads", vec![Row { workload, unit, entries, bars, note }]);
    contest
}

fn growth() -> Growth {
    let figures = vec![vec![1.0, 3.0].into(), Vec::<f64>::new().into()];
    let sweep = Sweep {
        title: "t".to_owned(),
        axis: "tasks".to_owned(),
        columns: vec!["ns".to_owned(), "bytes".to_owned()],
        lines: vec![Line { at: 10, figures }],
        note: None,
    };
    Growth { machine: machine(), sweeps: vec![sweep] }
}

#[test]
fn a_document_comes_back_whole() {
    let document = Document { peers: Some(contest(1.5)), scale: Some(growth()), ..Document::new() };
    assert_eq!(Document::parse(&document.json()), Ok(document));
}

#[test]
fn later_files_count_and_other_runs_stay() {
    let folder = std::env::temp_dir().join(format!("executor-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for temporary files");
    let write = |name: &str, document: Document| {
        let path = folder.join(name);
        fs::write(&path, document.json()).expect("a file in a folder of our own");
        path
    };
    let files = [
        write(
            "a",
            Document { peers: Some(contest(1.0)), scale: Some(growth()), ..Document::new() },
        ),
        write("b", Document { peers: Some(contest(9.0)), ..Document::new() }),
    ];
    let all = Document::read(&files);
    fs::remove_dir_all(&folder).expect("a folder of our own");
    let expected = Document { peers: Some(contest(9.0)), scale: Some(growth()), ..Document::new() };
    assert_eq!(all, Ok(expected));
}

#[test]
fn what_is_no_document_is_refused_with_a_reason() {
    let error = |text| Document::parse(text).expect_err("it is none");
    assert!(error("{").contains("not what `executor-bench` writes"), "{}", error("{"));
    assert!(error("{\"executor-bench\": 7}").starts_with("of format 7"));
    assert!(error("{\"executor-bench\": 1, \"piers\": null}").contains("piers"));
    let missing = Document::read(&["no-such-file.json"]).expect_err("there is none");
    assert!(missing.starts_with("no-such-file.json: "), "{missing}");
}

//! What a pass prints is what is read, and what goes wrong is told.

use super::*;
use crate::measure::{Entry, Role};
use crate::row::Bar;

/// What a shell does that stands for a pass.
fn shell(script: &str) -> Output {
    Command::new("sh").args(["-c", script]).output().expect("every system we test on has a shell")
}

#[test]
fn rows_come_back_from_a_pass() {
    let row = Row {
        workload: "w".to_owned(),
        unit: "ns".to_owned(),
        entries: vec![
            Entry::new("ours", Role::Ours, vec![1.5, f64::NAN, 2.5]),
            Entry::new("gone", Role::Peer, Vec::new()),
        ],
        bars: vec![Bar::OfBestPeer(0.60), Bar::AtMost(0.0, 4)],
        note: Some("it's \"w\"".to_owned()),
    };
    let rows = vec![row.clone(), Row { note: None, ..row }];
    let mut output = shell("exit 0");
    output.stdout = (printed(&rows) + "\n").into_bytes();
    assert_eq!(read("burst", &output), Ok(rows));
}

#[test]
fn a_failure_names_the_workload_the_status_and_the_way_out() {
    let message = read("burst", &shell("echo []; exit 3")).expect_err("it failed");
    let expected = "a pass of burst failed with exit status: 3; why is said above, if it could say \
                    it; `peers --filter burst --quick` tries again with little work";
    assert_eq!(message, expected);
    let message = read("burst", &shell("kill -9 $$")).expect_err("it was killed");
    assert!(message.contains("burst failed with signal: 9"), "{message}");
}

#[test]
fn other_words_than_rows_are_refused() {
    for printed in ["", "echo hello", "echo '[]' and more", "echo '{\"workload\": 1}'"] {
        let message = read("burst", &shell(printed)).expect_err("these are no rows");
        assert!(message.contains("a pass of burst ended with exit status: 0"), "{message}");
        assert!(message.contains("something else than its rows"), "{message}");
    }
}

#[test]
fn a_pass_is_told_all_of_the_plan() {
    let plan = Plan { workers: 3, quick: true, python: "-odd name".to_owned() };
    let line = ["pass", "burst", "--workers=3", "--python=-odd name", "--quick"];
    assert_eq!(arguments(&plan, "burst"), line);
    assert_eq!(arguments(&Plan { quick: false, ..plan }, "burst"), line[..4]);
}

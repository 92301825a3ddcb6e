//! The program measures a workload in a process of its own, and says why it cannot.

use std::process::{Command, Output};

use serde_json::Value;

fn pass(workload: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_executor-bench"));
    let options = ["--workers=1", "--python=no-such-python", "--quick"];
    command.args(["pass", workload]).args(options).output().expect("the program is built")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_pass_prints_rows_of_three_rounds_and_nothing_else() {
    let output = pass("event");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", words(&output.stderr));
    let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    assert_eq!(rows[0]["workload"], "Event, wait when set");
    assert_eq!(rows[0]["entries"][0]["figures"].as_array().map(Vec::len), Some(3));
}

/// The workers are this program again, which must not take itself for a pass.
#[test]
fn a_pass_has_worker_processes() {
    let output = pass("process_start");
    assert!(output.status.success(), "{}", words(&output.stderr));
    let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for contender in ["ours", "procspawn"] {
        let entries = rows[0]["entries"].as_array().expect("a list");
        let entry = entries.iter().find(|entry| entry["name"] == contender).expect("it is named");
        assert_eq!(entry["figures"].as_array().map(Vec::len), Some(3), "{contender}: {entry}");
    }
}

#[test]
fn a_pass_of_nothing_fails() {
    let output = pass("even");
    assert!(!output.status.success() && output.stdout.is_empty());
    let error = words(&output.stderr);
    assert!(error.contains("no workload is called \"even\"; choose of burst"), "{error}");
}

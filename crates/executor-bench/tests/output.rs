//! Nobody reads what the program prints, or it cannot be written.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::process::{Command, Output, Stdio};

fn list_to(stdout: impl Into<Stdio>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_executor-bench"));
    let child = command.arg("list").stdout(stdout).stderr(Stdio::piped()).spawn();
    child.and_then(|child| child.wait_with_output()).expect("the program is built")
}

#[test]
fn a_reader_who_has_had_enough_is_no_error() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = list_to(writer);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_full_disk_is_an_error_in_words() {
    let full = File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = list_to(full);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("the standard output cannot be written: No space left"), "{error}");
}

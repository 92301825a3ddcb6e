//! A test program that may have worker processes: its copies find out what they are before its own
//! `main`, and nothing else takes itself for one.
#![forbid(unsafe_code)]

use std::env;
use std::process::{Command, Output};

concurrent_futures::init_in_tests!();

/// A second time in one program, as from two files of tests.
mod second {
    concurrent_futures::init_in_tests!();
}

const VARIABLE: &str = "CONCURRENT_FUTURES_WORKER";

/// Runs one test of this program in a process of its own.
fn in_a_process(test: &str, marker: &str) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(VARIABLE, marker);
    command.output().unwrap()
}

#[test]
fn the_variable_is_gone() {
    assert_eq!(env::var_os(VARIABLE), None);
}

#[test]
fn a_variable_that_was_not_meant_for_this_process_is_removed() {
    let own = std::process::id();
    let real = format!("1:worker:{own}:1:1:1");
    let server = format!("1:fork-server:{own}:1:1:1");
    for marker in ["", "1", "worker", "99:worker:1:1:1:1", "1:worker:1:1:1:1", &real, &server] {
        let output = in_a_process("the_variable_is_gone", marker);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{marker:?}: {text}");
        assert!(text.contains("1 passed"), "{marker:?}: {text}");
    }
}

#[test]
fn more_calls_do_nothing() {
    concurrent_futures::init();
    concurrent_futures::init();
}

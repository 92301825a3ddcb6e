//! `/proc` is read as the kernel writes it.

use std::process::{Command, Stdio};

use super::*;

#[test]
fn a_name_may_hold_spaces_and_brackets() {
    let stat = "7 (a) b) (c)) S 3 7 7 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 5 6";
    let process = relative(7, stat, 100.0).expect("a whole line");
    assert_eq!((process.parent, process.cpu_seconds), (3, 1.0));
    assert!(relative(7, "7 (cut", 100.0).is_none());
}

#[test]
fn a_child_is_a_descendant() {
    let mut child = Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("a program that waits for its input to end");
    assert!(descendants().iter().any(|process| process.pid == child.id()));
    assert!(resident(child.id()) > 0 && switches(std::process::id()) > 0);
    drop(child.stdin.take());
    child.wait().expect("a child that ends");
    assert!(descendants().iter().all(|process| process.pid != child.id()));
}

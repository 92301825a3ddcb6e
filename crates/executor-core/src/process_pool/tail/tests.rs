use std::fs::File;
use std::io::Write;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pipe::{PipeFlags, pipe_with};

use super::*;

fn tail() -> (Tail, File) {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC).unwrap();
    fcntl_setfl(&read, OFlags::NONBLOCK).unwrap();
    (Tail::new(read), File::from(write))
}

#[test]
fn the_last_lines_are_kept() {
    let (mut tail, mut out) = tail();
    for line in 0..LINES + 3 {
        writeln!(out, "line {line}").unwrap();
        assert!(tail.read());
    }
    let expected: Vec<String> = (3..LINES + 3).map(|line| format!("line {line}")).collect();
    assert_eq!(tail.text(), expected.join("\n"));
}

#[test]
fn nothing_is_as_good_as_something() {
    let (mut tail, out) = tail();
    assert!(tail.read());
    drop(out);
    assert!(!tail.read());
    assert_eq!(tail.text(), "");
}

/// What was written before the end is read, also when nobody writes any more.
#[test]
fn an_end_without_a_line_break() {
    let (mut tail, mut out) = tail();
    out.write_all(b"first\nsecond").unwrap();
    drop(out);
    assert!(!tail.read());
    assert_eq!(tail.text(), "first\nsecond");
}

#[test]
fn much_is_not_kept() {
    let (mut tail, mut out) = tail();
    for _ in 0..5 {
        out.write_all(&[b'x'; KEPT]).unwrap();
        assert!(tail.read());
        assert_eq!(tail.text().len(), KEPT);
    }
    out.write_all(b"\nlast words\n").unwrap();
    assert!(tail.read());
    assert!(tail.kept.len() <= KEPT);
    assert!(tail.text().ends_with("x\nlast words"));
}

#[test]
fn bytes_that_are_no_text_are_shown() {
    let (mut tail, mut out) = tail();
    out.write_all(b"caf\xc3\xa9 \xff end").unwrap();
    assert!(tail.read());
    assert_eq!(tail.text(), "caf\u{e9} \u{fffd} end");
}

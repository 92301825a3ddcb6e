//! Programs of their own: this test program once more, told by a variable what to be.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const VARIABLE: &str = "CF_TEST_PROGRAM";

/// A program that has been started, and goes on when it is told to, or when this is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
}

impl Program {
    pub(crate) fn start(name: &str) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "programs::the_program", "--nocapture", "--test-threads=1"]);
        command.env(VARIABLE, name).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { stdin: child.stdin.take(), child, said }
    }

    /// The rest of the next line that has `word` in it, with a colon.
    pub(crate) fn line(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.said.read_line(&mut line).unwrap(), 0, "the program has ended");
            if let Some((_, rest)) = line.split_once(&format!("{word}: ")) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) {
        drop(self.stdin.take());
        self.child.wait().unwrap();
    }
}

/// Waits until the test says something, or ends.
pub(crate) fn pause() {
    let _read = std::io::stdin().read_line(&mut String::new());
}

/// Does nothing in a run of the tests.
#[test]
fn the_program() {
    let Ok(name) = env::var(VARIABLE) else { return };
    crate::ends::program(&name);
}

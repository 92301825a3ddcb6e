//! Programs of their own: this test program once more, told by a variable what to be.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use concurrent_futures::StartMethod;

use crate::{company, output, program_ends, replaced};

const VARIABLE: &str = "CF_TEST_PROGRAM";

/// How a program ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The command that runs a program in this file.
pub(crate) fn command(exe: &Path, name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(exe);
    // On the main thread, so that signals and ends are those of a program.
    command.args(["--exact", "programs::the_program", "--nocapture", "--test-threads=1"]);
    command.env(VARIABLE, [&[name], arguments].concat().join(" ")).stdin(Stdio::piped());
    command
}

/// Runs a program to its end.
pub(crate) fn run(name: &str, arguments: &[&str]) -> Ended {
    finish(&mut command(&env::current_exe().unwrap(), name, arguments))
}

pub(crate) fn finish(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { status: output.status, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// A program that has said something.
pub(crate) struct Started {
    pub(crate) child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Started {
    pub(crate) fn new(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { child, said }
    }

    /// The next line that begins with `word`, without it.
    pub(crate) fn line(&mut self, word: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let read = self.said.read_line(&mut line).unwrap();
            assert_ne!(read, 0, "the program has ended: {all}");
            // The harness has not ended its own line when the first one of the program comes.
            if let Some((_, rest)) = line.split_once(&format!("{word}: ")) {
                return rest.trim().to_owned();
            }
            all += &line;
        }
    }

    /// Process ids that the program tells.
    pub(crate) fn pids(&mut self, word: &str) -> Vec<u32> {
        self.line(word).split(' ').map(|pid| pid.parse().unwrap()).collect()
    }

    /// Waits for its end, though others may still have its output open.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        self.child.wait().unwrap()
    }

    /// All that it still says, and how it ends.
    pub(crate) fn end(mut self) -> (String, ExitStatus) {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap())
    }
}

/// Waits until the test says something, or ends.
pub(crate) fn pause() {
    let _read = std::io::stdin().read_line(&mut String::new());
}

/// Does nothing in a run of the tests.
#[test]
fn the_program() {
    let Ok(wish) = env::var(VARIABLE) else { return };
    let words: Vec<&str> = wish.split(' ').collect();
    let method = match words[1] {
        "spawn" => StartMethod::Spawn,
        "fork-server" => StartMethod::ForkServer,
        other => panic!("no such method: {other}"),
    };
    match words[0] {
        "output" => output::program(method),
        "ends" => program_ends::program(method, &words[2..]),
        "interrupted" => program_ends::interrupted(method),
        "replaced" => replaced::program(method),
        "once" => replaced::once(method),
        "childless" => company::childless(method),
        other => panic!("no such program: {other}"),
    }
}

//! The examples do what they say, the word count above all, on files that are not all fit for it.
//!
//! A process of its own, as it builds and starts others.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs, process};

/// Where the examples of this build are, once they are built.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let own = env::current_exe().expect("this test is a program");
        let profile = own.ancestors().nth(2).expect("it lies in its profile's folder");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--examples"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo has started this test").success());
        profile.join("examples")
    })
}

fn example(name: &str) -> Command {
    Command::new(built().join(name))
}

/// What a program that succeeds has printed.
fn printed(mut command: Command) -> String {
    let output: Output = command.output().expect("the example is built");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("examples print text")
}

#[test]
fn every_example_runs_to_its_end_and_prints() {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"));
    let files = files.expect("there are examples").flatten().map(|file| file.path());
    let sources = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    for source in sources {
        let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut command = example(&name);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env("RUST_BACKTRACE", "0");
        if name == "word_count" {
            command.arg("examples");
        }
        assert!(!printed(command).is_empty(), "{name} prints nothing");
    }
}

fn lines(name: &str) -> Vec<String> {
    printed(example(name)).lines().map(str::to_owned).collect()
}

#[test]
fn the_tutorial_of_threads_prints_what_python_prints() {
    let told = lines("threading");
    let first = [
        "1 thread is active",
        "Thread-1: ident None, alive false",
        "Sending an email to example@email.com",
        "Thread-1: has an ident true, alive false",
    ];
    assert_eq!(told[..4], first);
    // A thread runs while main goes on, so these two are in no order.
    let mut together = told[4..6].to_vec();
    together.sort();
    assert_eq!(together, ["2 threads are active, one is mine", "A thread is running"]);
    assert_eq!(told[6], "Thread exited");
    let queries = &told[7..27];
    for pair in queries.chunks(2) {
        assert!(pair[0].starts_with("Running sql query "), "{pair:?}");
        assert_eq!(pair[1], pair[0].replace("Running", "Done executing"), "nobody came between");
    }
    for number in 0..10 {
        assert!(queries.contains(&format!("Running sql query {number}")));
    }
    assert_eq!(told[27..], ["1 thread is active"]);
}

#[test]
fn timers_fire_unless_they_are_cancelled() {
    let expected = [
        "hello, world",
        "cancelled in time: true",
        "cancelled too late: true",
        "tick 3",
        "tick 2",
        "tick 1",
    ];
    assert_eq!(lines("timer"), expected);
}

#[test]
fn processes_are_made_started_and_joined() {
    let told = printed(example("multiprocessing"));
    let lines = [
        "made: alive false, pid None",
        "started: pid known true",
        "Process-1, a child of MainProcess, counts the primes below 100000",
        "joined: alive false, exit code Some(0)",
        "there are 9592",
        "quitter ended with Some(3)",
        "1 active",
        "terminated: Some(-15)",
    ];
    for line in lines {
        assert!(told.lines().any(|told| told == line), "no `{line}` in:\n{told}");
    }
    assert_eq!(told.lines().count(), lines.len(), "{told}");
}

#[test]
fn processes_talk_and_share() {
    assert_eq!(
        printed(example("pipe")),
        "hello? HELLO!\nanybody there? ANYBODY THERE!\nexit code Some(0)\n"
    );
    assert_eq!(printed(example("queue")), "the squares from 1 to 100 add up to 338350\n");
    let boxes: String = (0..10).map(|digit| format!("{digit}: 100000\n")).collect();
    assert_eq!(printed(example("shared_slice")), boxes);
}

/// A directory that goes away with its owner.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("cf-{name}-{}", process::id()));
        fs::create_dir_all(path.join("below")).expect("a directory for files");
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), content).expect("a file to count");
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Three text files, and some that are none.
fn mixed_files(name: &str) -> Directory {
    let directory = Directory::new(name);
    directory.write("one.txt", "apple apple banana\n".repeat(1000));
    directory.write("two.txt", "cherry\n".repeat(500));
    directory.write("below/three.txt", "apple banana cherry\n");
    directory.write("empty.txt", "");
    directory.write("binary.bin", [0_u8, 159, 146, 150, 0, 1, 2].repeat(100));
    directory.write("broken.txt", [b"valid until ".as_slice(), &[0xC3, 0x28, 0xFF]].concat());
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", directory.0.join("dangling")).expect("a link");
    directory
}

fn word_count(directory: &Directory, executor: &str) -> Output {
    let mut command = example("word_count");
    command.arg(&directory.0).args(["--executor", executor]);
    command.output().expect("the example is built")
}

/// The number beside a word in a table of words and numbers.
fn count_of(word: &str, table: &str) -> Option<u64> {
    let line = table.lines().find(|line| line.split_whitespace().any(|part| part == word))?;
    let digits = |part: &str| part.replace([',', '_'], "").parse().ok();
    line.split_whitespace().find_map(digits)
}

#[test]
fn words_are_counted_on_every_executor() {
    let directory = mixed_files("counted");
    for executor in ["sequential", "threads"] {
        let output = word_count(&directory, executor);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}");
        assert_eq!(count_of("apple", &told), Some(2001), "{executor}: {told}");
        assert_eq!(count_of("banana", &told), Some(1001), "{executor}: {told}");
        assert_eq!(count_of("cherry", &told), Some(501), "{executor}: {told}");
    }
}

#[test]
fn files_that_are_no_text_are_reported_and_skipped() {
    let directory = mixed_files("skipped");
    let output = word_count(&directory, "threads");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("binary.bin"), "{told}");
}

#[test]
fn a_directory_that_is_not_there_is_an_error_that_names_it() {
    let mut command = example("word_count");
    let output = command.arg("/no/such/directory").output().expect("the example is built");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("/no/such/directory"), "{told}");
}

#[test]
fn an_empty_directory_has_no_words() {
    let directory = Directory::new("empty");
    for executor in ["sequential", "threads"] {
        assert!(word_count(&directory, executor).status.success());
    }
}

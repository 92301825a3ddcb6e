//! What the program says.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount};

use crate::{Kind, Options, Run, Skipped};

/// How many skipped files are named unless all are asked for.
const NAMED: usize = 10;

/// The files that were skipped: counted all, kept few, so that they cannot fill the memory.
pub(crate) struct Skips {
    count: u64,
    at_once: bool,
    alarming: Vec<String>,
    harmless: Vec<String>,
}

impl Skips {
    /// With `at_once`, every file is named as soon as it is skipped.
    pub(crate) fn new(at_once: bool) -> Self {
        Self { count: 0, at_once, alarming: Vec::new(), harmless: Vec::new() }
    }

    pub(crate) fn extend(&mut self, skipped: Vec<Skipped>) {
        for Skipped { path, why, alarming } in skipped {
            self.count += 1;
            let list = if alarming { &mut self.alarming } else { &mut self.harmless };
            let line = format!("skipped {}: {why}\n", Path::new(&path).display());
            if self.at_once {
                complain(&line);
            } else if list.len() < NAMED {
                list.push(line);
            }
        }
    }

    /// Names the first few, those that somebody should look at before the others.
    pub(crate) fn print_rest(&self) {
        if self.at_once || self.count == 0 {
            return;
        }
        let lines = self.alarming.iter().chain(&self.harmless).take(NAMED);
        let mut text: String = lines.map(String::as_str).collect();
        if self.count > NAMED as u64 {
            let rest = HumanCount(self.count - NAMED as u64);
            let _ = writeln!(text, "... and {rest} more; --verbose names them all");
        }
        complain(&text);
    }
}

/// A standard error stream that is closed is no reason to lose the result.
fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// The most frequent words, and what was counted.
pub(crate) fn result(run: &Run, options: &Options) -> String {
    let mut text = most_frequent(run, 10);
    let on = match options.executor {
        Kind::Sequential => "the calling thread".to_owned(),
        Kind::Threads | Kind::All => format!("{} threads", run.workers),
        Kind::Processes => format!("{} processes", run.workers),
    };
    let _ = writeln!(
        text,
        "{} files, {}, {} words ({} different) in {} on {on}; {} skipped",
        HumanCount(run.total.files),
        HumanBytes(run.total.bytes),
        HumanCount(run.total.words.values().sum()),
        HumanCount(run.total.words.len() as u64),
        seconds(run.elapsed),
        HumanCount(run.skips.count),
    );
    if !options.all {
        text.push_str("left out: hidden files, and what a .gitignore names (--all counts them)\n");
    }
    text
}

/// How long each executor took, and how that compares with the first.
pub(crate) fn comparison(runs: &[(&str, Run)]) -> String {
    let alone = runs.first().map_or(Duration::ZERO, |(_, run)| run.elapsed);
    let mut text = String::new();
    for (name, run) in runs {
        let ratio = alone.as_secs_f64() / run.elapsed.as_secs_f64().max(1e-9);
        let _ = writeln!(text, "{name:>10} {:>10} {ratio:>6.2} x", seconds(run.elapsed));
    }
    text
}

/// Of equally frequent words, those first in the alphabet come first.
fn most_frequent(run: &Run, how_many: usize) -> String {
    let mut list: Vec<_> = run.total.words.iter().collect();
    list.sort_unstable_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut text = String::new();
    for (word, count) in list.into_iter().take(how_many) {
        let _ = writeln!(text, "{:>14}  {word}", HumanCount(*count).to_string());
    }
    text
}

/// How `run` compares with the same work on one thread.
pub(crate) fn speed_up(run: &Run, alone: &Run) -> String {
    if alone.elapsed < Duration::from_millis(5) {
        return "too little work to compare it with one thread\n".to_owned();
    }
    format!(
        "again, from the cache: {} with {} workers, {} sequentially: {:.2} times as fast\n",
        seconds(run.elapsed),
        run.workers,
        seconds(alone.elapsed),
        alone.elapsed.as_secs_f64() / run.elapsed.as_secs_f64(),
    )
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

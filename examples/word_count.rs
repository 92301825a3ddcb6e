//! Counts the words of all text files below a directory, on the executor of your choice.
//!
//! `cargo run --release --example word_count -- DIR --executor threads` prints the ten most
//! frequent words, what was read, how long it took, and how much faster that was than one thread.

#[path = "word_count/jobs.rs"]
mod jobs;
#[path = "word_count/report.rs"]
mod report;
#[path = "word_count/text.rs"]
mod text;

use std::collections::HashMap;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use concurrent_futures::{
    BuildError, Executor, ProcessPoolExecutor, SequentialExecutor, ThreadPoolExecutor,
};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use jobs::{Job, Jobs};
use report::Skips;
use text::Counter;

/// Counts the words of all text files below a directory.
#[derive(Debug, Parser)]
struct Options {
    /// Where to count.
    #[arg(default_value = ".")]
    directory: PathBuf,
    /// What runs the counting.
    #[arg(long, value_enum, default_value_t = Kind::Threads)]
    executor: Kind,
    /// Workers; without it, one for each core.
    #[arg(long, value_name = "N")]
    workers: Option<NonZeroUsize>,
    /// Count hidden files, and what a .gitignore names, too.
    #[arg(long)]
    all: bool,
    /// Count once only, not again to tell the speed-up over one thread.
    #[arg(long)]
    no_baseline: bool,
    /// Name every file that is skipped, not only the first few.
    #[arg(long)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Everything on the thread that asks.
    Sequential,
    /// A pool of threads.
    Threads,
    /// A pool of worker processes.
    Processes,
    /// Each of them in turn, and how they compare.
    All,
}

/// What one job, or all of them, found.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Tally {
    words: HashMap<String, u64>,
    files: u64,
    bytes: u64,
    skipped: Vec<Skipped>,
}

/// A file that was not counted, and why not.
#[derive(Debug, Serialize, Deserialize)]
struct Skipped {
    path: OsString,
    why: String,
    /// Whether somebody should do something about it.
    alarming: bool,
}

/// A whole count, and what it took.
struct Run {
    total: Tally,
    skips: Skips,
    elapsed: Duration,
    workers: usize,
}

fn main() -> ExitCode {
    concurrent_futures::init();
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "word_count: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    check_directory(&options.directory)?;
    match options.executor {
        Kind::Sequential => show(&SequentialExecutor::new(), options, false),
        Kind::Threads => show(&threads(options)?, options, !options.no_baseline),
        Kind::Processes => show(&processes(options)?, options, !options.no_baseline),
        Kind::All => compare(options),
    }
}

fn threads(options: &Options) -> Result<ThreadPoolExecutor, BuildError> {
    ThreadPoolExecutor::new(workers(options))
}

fn processes(options: &Options) -> Result<ProcessPoolExecutor, BuildError> {
    ProcessPoolExecutor::new(workers(options))
}

fn workers(options: &Options) -> usize {
    options.workers.map_or_else(num_cpus::get, NonZeroUsize::get)
}

/// Counts on each executor, prints the result once, and then a line for each of them.
fn compare(options: &Options) -> Result<(), Box<dyn Error>> {
    let (threads, processes) = (threads(options)?, processes(options)?);
    // The first count finds the disk's cache cold or warm; those that are compared find it the
    // same.
    let first = timed(&threads, options, true);
    first.skips.print_rest();
    if print(&report::result(&first, options))? {
        let runs = [
            ("sequential", timed(&SequentialExecutor::new(), options, false)),
            ("threads", timed(&threads, options, false)),
            ("processes", timed(&processes, options, false)),
        ];
        print(&report::comparison(&runs))?;
    }
    Ok(())
}

/// Counts, prints the result, and counts again to tell the speed-up if that is asked for.
fn show<E: Executor>(executor: &E, options: &Options, compare: bool) -> Result<(), Box<dyn Error>> {
    let run = timed(executor, options, true);
    run.skips.print_rest();
    let wanted = print(&report::result(&run, options))?;
    if wanted && compare {
        // The first count found the disk's cache cold or warm; these two find it the same.
        let alone = timed(&SequentialExecutor::new(), options, false);
        let again = timed(executor, options, false);
        print(&report::speed_up(&again, &alone))?;
    }
    Ok(())
}

/// Prints at once; false: the reader has seen enough, as `head` has, which is no error.
fn print(text: &str) -> Result<bool, String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("cannot write the result: {error}; send it elsewhere")),
    }
}

/// Says what is wrong with the directory before any work starts.
fn check_directory(directory: &Path) -> Result<(), String> {
    let cause = match fs::read_dir(directory) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            "it is not a directory; give the one that it lies in".to_owned()
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            "there is no such directory; check the spelling".to_owned()
        }
        Err(error) => format!("{error}; choose one that you may read"),
    };
    Err(format!("cannot count in {}: {cause}", directory.display()))
}

/// Counts everything on `executor` and takes the time. Only a run with a `voice` says anything.
fn timed<E: Executor>(executor: &E, options: &Options, voice: bool) -> Run {
    let bar = if voice { progress() } else { ProgressBar::hidden() };
    let mut skips = Skips::new(options.verbose && voice);
    let start = Instant::now();
    let total = count(executor, Jobs::below(options), |total, skipped| {
        bar.set_position(total.bytes);
        bar.set_message(HumanCount(total.files).to_string());
        bar.suspend(|| skips.extend(skipped));
    });
    let elapsed = start.elapsed();
    bar.finish_and_clear();
    Run { total, skips, elapsed, workers: executor.max_workers() }
}

/// The heart of it: any executor maps a function over the jobs, and the results are added up.
///
/// `buffersize` bounds the memory: the directory is walked only as far as results are taken.
fn count<E: Executor>(
    executor: &E,
    jobs: Jobs,
    mut progress: impl FnMut(&Tally, Vec<Skipped>),
) -> Tally {
    let mut total = Tally::default();
    for result in executor.map(count_job, jobs).buffersize(4 * executor.max_workers()) {
        let skipped = match result {
            Ok(tally) => total.add(tally),
            Err(error) => vec![Skipped {
                path: "a group of files".into(),
                why: error.to_string(),
                alarming: true,
            }],
        };
        progress(&total, skipped);
    }
    total
}

/// Counts the words of a group of files. A file that cannot be counted is skipped, never fatal.
fn count_job(job: Job) -> Tally {
    let mut tally = Tally { skipped: job.skipped, ..Tally::default() };
    let mut counter = Counter::new();
    for part in job.parts {
        match counter.count(&part) {
            Ok(found) => drop(tally.add(found)),
            Err((why, alarming)) => {
                tally.skipped.push(Skipped { path: part.path, why, alarming });
            }
        }
    }
    tally
}

impl Tally {
    /// Adds the counts of `part`, and returns what it skipped.
    fn add(&mut self, part: Tally) -> Vec<Skipped> {
        if self.words.is_empty() {
            self.words = part.words;
        } else {
            for (word, count) in part.words {
                *self.words.entry(word).or_default() += count;
            }
        }
        self.files += part.files;
        self.bytes += part.bytes;
        part.skipped
    }
}

/// How far it is, where somebody can see it. The total is unknown while the walk goes on.
fn progress() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} files, {bytes} ({bytes_per_sec})");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style)
}

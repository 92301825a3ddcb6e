//! The command line, and what each command does.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::agreement::agreement;
use crate::choice::Named;
use crate::compare;
use crate::document::Document;
use crate::output;
use crate::passes;
use crate::plan::Plan;
use crate::progress;
use crate::report;
use crate::scale;
use crate::workload;

/// Measures concurrent-futures: threads against processes, and both against everybody else.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Threads against processes against sequential: how large must a task be?
    Compare(CompareOptions),
    /// Our pools and locks against those of others, in one run.
    Peers(PeersOptions),
    /// What grows with what: workers, tasks, producers.
    Scale(Measuring),
    /// A page, a table or a section of a README from what was measured.
    Report(ReportOptions),
    /// How well two runs of `peers` agree: the ratio of each row in both.
    Agree(AgreeOptions),
    /// The names that --filter chooses from.
    List,
    /// One pass of `peers`, for that command itself: its rows as JSON.
    #[command(name = passes::NAME, hide = true)]
    Pass(PassOptions),
}

/// What all commands that measure take.
#[derive(Debug, Args)]
struct Measuring {
    /// A small part of the work: rough figures, soon.
    #[arg(long)]
    quick: bool,
    /// Measure only what has this in its name; `list` prints the names.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Workers of every pool.
    #[arg(long, value_name = "N")]
    workers: Option<NonZeroUsize>,
    /// Write what was measured to a file that `report` reads; without a name, to standard output
    /// in place of the tables.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true,
          default_missing_value = "-")]
    json: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct CompareOptions {
    #[command(flatten)]
    measuring: Measuring,
    /// Count the words and hash the files below this directory as well.
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct PeersOptions {
    #[command(flatten)]
    measuring: Measuring,
    /// The interpreter for the Python peers; what it cannot import is listed as absent.
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
}

#[derive(Debug, Args)]
struct PassOptions {
    workload: String,
    #[arg(long)]
    quick: bool,
    #[arg(long)]
    workers: NonZeroUsize,
    #[arg(long)]
    python: String,
}

#[derive(Debug, Args)]
struct ReportOptions {
    /// What the other commands wrote with --json; of two files about the same, the later counts.
    #[arg(required = true, value_name = "JSON")]
    files: Vec<PathBuf>,
    /// Write a page that needs nothing else.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write Markdown tables; `-` is standard output, and the default if nothing else is written.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Replace the tables in this file, between its marks.
    #[arg(long, value_name = "FILE")]
    readme: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct AgreeOptions {
    /// What one run wrote with --json.
    first: PathBuf,
    /// What another did.
    second: PathBuf,
}

/// Does what the arguments say.
///
/// # Errors
///
/// In words for the user: what was tried, and the way out.
pub(crate) fn run() -> Result<(), String> {
    let result = match Cli::parse().command {
        Command::Compare(options) => compare(options),
        Command::Peers(options) => peers(&options),
        Command::Scale(options) => scale(&options),
        Command::Report(options) => report(&options),
        Command::Agree(AgreeOptions { first, second }) => agree(&first, &second),
        Command::List => output::line(&list()),
        Command::Pass(options) => pass(options),
    };
    progress::end();
    result
}

/// # Errors
///
/// This build's figures would mean nothing.
fn refuse_debug_builds() -> Result<(), String> {
    if cfg!(debug_assertions) {
        return Err("this is a debug build, whose figures mean nothing; \
                    use `cargo run --release -p executor-bench -- ...`"
            .to_owned());
    }
    Ok(())
}

fn compare(options: CompareOptions) -> Result<(), String> {
    refuse_debug_builds()?;
    let CompareOptions { measuring, directory } = options;
    let wanted = compare::Options {
        quick: measuring.quick,
        filter: measuring.filter.clone(),
        workers: measuring.workers.map(NonZeroUsize::get),
        directory,
    };
    deliver(&measuring, &compare::run(&wanted)?.into())
}

fn scale(measuring: &Measuring) -> Result<(), String> {
    refuse_debug_builds()?;
    let workers = measuring.workers.map_or(TWO, NonZeroUsize::get);
    let growth = scale::run(measuring.quick, measuring.filter.as_deref(), workers)?;
    deliver(measuring, &growth.into())
}

/// The bars are set for two workers.
const TWO: usize = 2;

/// Runs the chosen workloads, and prints each row as soon as it is complete.
///
/// A figure short of its bar is printed, not an error: timings depend on the machine.
fn peers(options: &PeersOptions) -> Result<(), String> {
    refuse_debug_builds()?;
    let PeersOptions { measuring, python } = options;
    let plan = Plan {
        workers: measuring.workers.map_or(TWO, NonZeroUsize::get),
        quick: measuring.quick,
        python: python.clone(),
    };
    let tables = !writes_json_only(measuring);
    let show = |text: &str| {
        if tables {
            progress::say(text);
        }
    };
    let contest = passes::run(&plan, measuring.filter.as_deref(), show)?;
    deliver(measuring, &contest.into())
}

/// Not refused in a debug build: whoever asked for the passes was refused before.
fn pass(options: PassOptions) -> Result<(), String> {
    let PassOptions { workload, quick, workers, python } = options;
    let plan = Plan { workers: workers.get(), quick, python };
    let rows = (workload::named(&workload)?.run)(&plan);
    output::line(&passes::printed(&rows))
}

fn writes_json_only(measuring: &Measuring) -> bool {
    measuring.json.as_deref() == Some(Path::new("-"))
}

/// Prints the tables, or writes the document, or both.
fn deliver(measuring: &Measuring, document: &Document) -> Result<(), String> {
    progress::end();
    // Figures are kept before they are shown: they took long.
    if let Some(path) = &measuring.json {
        write(path, &document.json())?;
    }
    match writes_json_only(measuring) {
        true => Ok(()),
        false => output::line(&report::markdown(document)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    if path == Path::new("-") {
        return output::print(text);
    }
    fs::write(path, text).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn report(options: &ReportOptions) -> Result<(), String> {
    let document = Document::read(&options.files)?;
    if let Some(path) = &options.html {
        write(path, &report::html(&document)?)?;
    }
    if let Some(path) = &options.readme {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        let text = report::with_tables(&text, &document).map_err(|why| format!("{name}: {why}"))?;
        write(path, &text)?;
    }
    let alone = options.html.is_none() && options.readme.is_none();
    match &options.markdown {
        Some(path) => write(path, &report::markdown(&document)),
        None if alone => write(Path::new("-"), &report::markdown(&document)),
        None => Ok(()),
    }
}

fn agree(first: &Path, second: &Path) -> Result<(), String> {
    let contest = |path: &Path| {
        let found = Document::read(&[path])?.peers;
        found.ok_or_else(|| {
            format!("{}: holds no run of `executor-bench peers --json`", path.display())
        })
    };
    output::line(&agreement(&contest(first)?, &contest(second)?))
}

/// Every name with what it stands for, command by command.
fn list() -> String {
    let section = |command: &str, names: Vec<String>| format!("{command}\n{}", names.join("\n"));
    let sections = [
        section("compare", names(compare::all())),
        section("peers", names(workload::all())),
        section("scale", names(scale::all())),
    ];
    sections.join("\n\n")
}

fn names<T: Named>(all: &[T]) -> Vec<String> {
    all.iter().map(|one| format!("  {:<22}{}", one.name(), one.about())).collect()
}

#[cfg(test)]
mod tests;

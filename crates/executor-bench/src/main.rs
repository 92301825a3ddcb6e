//! Measures concurrent-futures against its peers, in one run and in turn.
//!
//! `cargo run --release -p executor-bench -- peers` prints, for every workload, what a task costs
//! with us and with each peer, the bar we set ourselves, and whether it holds.

#[expect(unsafe_code, reason = "a global allocator that counts can only be an unsafe impl")]
mod alloc;
mod cost;
mod plan;
mod machine;
mod measure;
mod report;
mod peer;
mod workload;

use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::plan::Plan;

/// Measures concurrent-futures against its peers.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare the pools with those of others, all in this one run.
    Peers(Peers),
}

#[derive(Debug, Args)]
struct Peers {
    /// A tenth of the work and 10 s of idling: rough figures in a few minutes.
    #[arg(long)]
    quick: bool,
    /// Run only the workloads whose name contains this.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Workers of every pool.
    #[arg(long, value_name = "N", default_value = "2")]
    workers: NonZeroUsize,
    /// The interpreter for the Python peers; what it cannot import is listed as absent.
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
}

fn main() -> ExitCode {
    // Worker processes run this program, and never come back from here.
    peer::divert();
    let Command::Peers(options) = Cli::parse().command;
    match peers(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("executor-bench: {message}");
            ExitCode::from(2)
        }
    }
}

/// Runs the chosen workloads and prints what came out.
///
/// A figure short of its bar is printed, not an error: timings depend on the machine.
fn peers(options: &Peers) -> Result<(), String> {
    if cfg!(debug_assertions) {
        return Err("this is a debug build, whose figures mean nothing; \
                    use `cargo run --release -p executor-bench -- peers`"
            .to_owned());
    }
    let chosen = workload::matching(options.filter.as_deref())?;
    let plan = Plan {
        workers: options.workers.get(),
        quick: options.quick,
        python: options.python.clone(),
    };
    println!("{}\n", machine::describe(&plan));
    let mut rows = Vec::new();
    for workload in chosen {
        for row in (workload.run)(&plan) {
            println!("{}", report::block(&row));
            rows.push(row);
        }
    }
    println!("{}", report::table(&rows));
    Ok(())
}

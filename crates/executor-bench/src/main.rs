//! Measures concurrent-futures: threads against processes, and both against everybody else.
//!
//! `cargo run --release -p executor-bench -- peers` prints, for every workload, what a task costs
//! with us and with each peer, the bar we set ourselves, and whether it holds. `compare` says how
//! large a task must be for worker processes, `scale` what grows with what, `report` makes a page
//! of it all, and `agree` says how well two runs of `peers` repeat.

#[expect(unsafe_code, reason = "a global allocator that counts; rules R1 and R2")]
mod alloc;
mod text;
mod output;
mod figures;
mod cost;
mod plan;
mod machine;
mod progress;
mod choice;
mod turn;
mod usage;
mod measure;
mod row;
mod contest;
mod agreement;
mod peer;
mod workload;
mod passes;
mod compare;
mod scale;
mod document;
mod report;
mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Worker processes run this program, and never come back from here.
    peer::divert();
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("executor-bench: {message}");
            ExitCode::from(2)
        }
    }
}

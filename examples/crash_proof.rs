//! Tasks that abort, loop for ever, or eat memory, among good ones: each costs itself alone.

use std::time::Duration;

use concurrent_futures::{BuildError, ProcessPoolExecutor, WorkerOutput};

fn main() -> Result<(), BuildError> {
    // In a worker process this never returns.
    concurrent_futures::init();
    let pool = ProcessPoolExecutor::builder()
        .max_workers(2)
        .task_timeout(Duration::from_secs(1))
        .memory_limit(256 << 20)
        .stderr(WorkerOutput::Capture)
        .build()?;

    let inputs = ["fine", "abort", "endless", "also fine", "greedy", "exit", "panic", "the last"];
    let futures = inputs.map(|input| pool.submit(parse, input.to_owned()));
    for (input, future) in inputs.iter().zip(futures) {
        match future.result() {
            Ok(length) => println!("{input:>10}: {length} letters"),
            Err(error) => println!("{input:>10}: {:?}: {error}", error.kind()),
        }
    }
    Ok(())
}

/// Stands for a parser of files that nobody has checked, in a language that does not forgive.
fn parse(input: String) -> usize {
    match input.as_str() {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(3),
        "panic" => panic!("no such format"),
        "endless" => loop {
            std::hint::spin_loop();
        },
        "greedy" => {
            let mut hoard = Vec::new();
            loop {
                hoard.push(vec![1_u8; 1 << 20]);
            }
        }
        text => text.len(),
    }
}

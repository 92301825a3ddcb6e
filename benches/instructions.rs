//! Work for `scripts/instructions`, which has it run by valgrind: so many tasks, up to a point.
//!
//! A worker is held while tasks are submitted, and only then let go, so that who does what, and
//! with it the number of instructions, is the same each time. At the end nothing is tidied up, for
//! that would be counted as well.

use std::hint::black_box;
use std::process::exit;
use std::sync::mpsc;

use concurrent_futures::{Executor, SequentialExecutor, ThreadPoolExecutor};

/// How far it goes.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Until {
    /// Every task is in the queue.
    Submitted,
    /// Every task has run.
    Run,
    /// Every result is taken.
    Taken,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let count = words.get(1).and_then(|word| word.parse::<u64>().ok());
    match (words.first(), count) {
        (Some(&"submit"), Some(count)) => threads(count, Until::Submitted),
        (Some(&"run"), Some(count)) => threads(count, Until::Run),
        (Some(&"take"), Some(count)) => threads(count, Until::Taken),
        (Some(&"map"), Some(count)) => map(count),
        (Some(&"sequential"), Some(count)) => sequential(count),
        // What `cargo bench` and `cargo test` give it.
        _ => println!("scripts/instructions counts the instructions of a submit and a result"),
    }
}

fn threads(count: u64, until: Until) {
    let pool = ThreadPoolExecutor::new(1).expect("a pool with one worker");
    let (go, held) = mpsc::channel::<()>();
    let (here, running) = mpsc::channel::<()>();
    let holder = pool.spawn(move || {
        let _ = here.send(());
        held.recv()
    });
    running.recv().expect("the worker starts");
    let mut futures = Vec::with_capacity(usize::try_from(count).expect("a number of tasks"));
    futures.extend((0..count).map(|n| pool.spawn(move || n)));
    if until >= Until::Run {
        drop(go);
        // Tasks leave the queue in order, so that with the last one all have run.
        pool.spawn(|| ()).result().expect("the last task");
    }
    if until == Until::Taken {
        for future in futures.drain(..) {
            black_box(future.result().expect("a task that has run"));
        }
    }
    black_box((&futures, &holder));
    exit(0);
}

fn map(count: u64) {
    let pool = ThreadPoolExecutor::new(1).expect("a pool with one worker");
    let results = pool.map(|n: u64| n, 0..count);
    black_box(results.map(|result| result.expect("an item")).fold(0, u64::wrapping_add));
    exit(0);
}

fn sequential(count: u64) {
    let executor = SequentialExecutor::new();
    for n in 0..count {
        black_box(executor.submit(|n: u64| n, n).result().expect("a task that has run"));
    }
    exit(0);
}

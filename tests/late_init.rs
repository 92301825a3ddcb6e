//! A program that has `init()` too late in its `main`: its workers never get ready, and the error
//! says what to do.
//!
//! A program of its own with a single test, for its copies run `main` again until they come to
//! `init()`.
#![forbid(unsafe_code)]

use std::os::unix::process::parent_id;
use std::time::{Duration, Instant};
use std::{env, process, thread};

use concurrent_futures::{ProcessPoolExecutor, StartMethod, TaskErrorKind, WorkerOutput};

#[path = "support/watchdog.rs"]
mod watchdog;

/// What the program has to do first takes for ever in a worker.
fn much_to_do_first() {
    if env::var_os("CONCURRENT_FUTURES_WORKER").is_some() {
        let parent = parent_id();
        // Nothing ends it with its parent before it comes to `init()`.
        while parent_id() == parent {
            thread::park_timeout(Duration::from_millis(10));
        }
        process::exit(0);
    }
}

#[test]
fn workers_that_never_come_to_it_break_the_pool() {
    much_to_do_first();
    concurrent_futures::init();
    watchdog::check(|| {
        for method in [StartMethod::Spawn, StartMethod::ForkServer] {
            let began = Instant::now();
            let limit = Duration::from_millis(300);
            let builder = ProcessPoolExecutor::builder().max_workers(2).start_timeout(limit);
            let builder = builder.stdout(WorkerOutput::Null).start_method(method);
            let pool = builder.build().unwrap();
            let error = pool.submit(|n: u32| n, 1).result().unwrap_err();
            assert_eq!(error.kind(), TaskErrorKind::Broken, "{error}");
            let text = error.to_string();
            let words = ["start_timeout", "concurrent_futures::init();", "first line of main()"];
            assert!(words.iter().all(|word| text.contains(word)), "{text}");
            assert!(
                began.elapsed() < watchdog::scaled(Duration::from_secs(8)),
                "{:?}",
                began.elapsed()
            );
        }
    });
}

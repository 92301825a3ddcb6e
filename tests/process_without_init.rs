//! Row 14: a program that never called `init` is told which line it lacks, and starts no copy of
//! itself.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use concurrent_futures::multiprocessing::{Process, ProcessError};
use concurrent_futures::{ProcessPoolExecutor, StartMethod};

#[path = "support/watchdog.rs"]
mod watchdog;

/// The processes that belong to this one by name: a copy that ran the tests again would be one
/// more.
fn copies() -> usize {
    let own = std::fs::read_link("/proc/self/exe").unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let programs = processes.filter_map(|entry| std::fs::read_link(entry.path().join("exe")).ok());
    programs.filter(|program| *program == own).count()
}

#[test]
fn a_program_that_lacks_the_line_is_told() {
    watchdog::check(|| {
        let begun = Instant::now();
        let before = copies();
        for method in [StartMethod::Spawn, StartMethod::ForkServer] {
            let built = ProcessPoolExecutor::builder().max_workers(2).start_method(method).build();
            let text = built.unwrap_err().to_string();
            for line in ["concurrent_futures::init();", "concurrent_futures::init_in_tests!();"] {
                assert!(text.contains(line), "no `{line}` in: {text}");
            }
            assert!(text.contains("main()"), "{text}");
        }
        assert!(ProcessPoolExecutor::new(1).is_err());
        let process = Process::new(|(): ()| (), ());
        let error = process.start().unwrap_err();
        assert!(matches!(error, ProcessError::NotInitialised));
        assert!(error.to_string().contains("concurrent_futures::init();"), "{error}");
        assert_eq!(process.pid(), None);
        assert_eq!(copies(), before);
        assert!(begun.elapsed() < watchdog::scaled(Duration::from_secs(1)));
    });
}

//! A program that lacks `init()`: its pools of processes are refused at once, with the line to add.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use concurrent_futures::{ProcessPoolExecutor, StartMethod};

#[test]
fn a_pool_is_refused_with_the_line_to_add() {
    for method in [StartMethod::Spawn, StartMethod::ForkServer] {
        let began = Instant::now();
        let error = ProcessPoolExecutor::builder().start_method(method).build().unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(1));
        let text = error.to_string();
        assert!(text.contains("concurrent_futures::init();"), "{text}");
        assert!(text.contains("concurrent_futures::init_in_tests!();"), "{text}");
    }
}

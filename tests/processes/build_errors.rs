//! What cannot be built, and what is said then.

use std::time::Duration;

use concurrent_futures::{ProcessPoolBuilder, ProcessPoolExecutor};

use crate::rig::{builder, pool};

/// A builder that is refused, and words of the reason.
type Case = (ProcessPoolBuilder, &'static [&'static str]);

#[test]
fn each_setting_that_cannot_be_is_named() {
    let cases: [Case; 13] = [
        (builder(0), &["max_workers(0)", "at least 1"]),
        (builder(1_000_000), &["max_workers(1000000)", "fewer"]),
        (builder(1).queue_capacity(0), &["queue_capacity(0)", "at least 1"]),
        (builder(1).max_tasks_per_child(0), &["max_tasks_per_child(0)", "at least 1"]),
        (builder(1).memory_limit(0), &["memory_limit(0)"]),
        (builder(1).max_message_size(0), &["max_message_size(0)"]),
        (builder(1).start_timeout(Duration::ZERO), &["start_timeout(0)"]),
        (builder(1).env("", "x"), &["env(\"\"", "not empty"]),
        (builder(1).env("A=B", "x"), &["env(\"A=B\"", "="]),
        (builder(1).env("A\0", "x"), &["env(", "NUL"]),
        (builder(1).env("A", "x\0"), &["env(\"A\"", "NUL"]),
        (builder(1).current_dir("/no/such/place"), &["current_dir(/no/such/place)"]),
        (builder(1).current_dir("/dev/null"), &["current_dir(/dev/null)", "directory"]),
    ];
    for (builder, words) in cases {
        let error = builder.build().unwrap_err();
        let text = error.to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
        let _: &dyn std::error::Error = &error;
    }
    let error = ProcessPoolExecutor::new(0).unwrap_err();
    assert!(error.to_string().contains("max_workers(0)"));
}

#[test]
fn a_pool_that_is_built_has_started_nothing() {
    let pool = pool(4);
    assert_eq!((pool.max_workers(), pool.worker_pids().len()), (4, 0));
    assert_eq!(pool.stats(), concurrent_futures::PoolStats::default());
}

#[test]
fn a_builder_can_be_used_again() {
    let builder = builder(2).env("A", "b").retries(1);
    let [one, two] = [builder.clone().build().unwrap(), builder.build().unwrap()];
    assert_eq!((one.max_workers(), two.max_workers()), (2, 2));
}

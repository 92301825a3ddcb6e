//! Every sweep that was promised can be chosen.

use super::*;

#[test]
fn a_wrong_sweep_is_answered_with_the_right_ones() {
    let names = "workers, tasks, producers, process_workers, process_tasks, process_producers";
    let error = matching(Some("cores")).err().expect("there is none");
    assert!(error.ends_with(names), "{error}");
    assert_eq!(matching(Some("tasks")).map(|found| found.len()), Ok(2));
}

#[test]
fn the_numbers_span_what_was_promised() {
    assert_eq!((CROWDS.first(), CROWDS.last()), (Some(&1), Some(&64)));
    assert_eq!((QUEUES.first(), QUEUES.last()), (Some(&1_000), Some(&10_000_000)));
}

#[test]
fn a_pool_that_grows_gives_every_column() {
    let tiny =
        Crew { name: "threads", start: |n| Ok(our_threads(n)), tasks: 20, bytes_per_task: 1 };
    let tiny: &'static Crew = Box::leak(Box::new(tiny));
    let effort = Effort { quick: true, workers: 2 };
    let sweep = subject("workers", "a few", What::Workers, tiny).run(effort);
    assert_eq!(sweep.lines.len(), CROWDS.len());
    assert!(sweep.lines.iter().all(|line| line.figures.len() == sweep.columns.len()));
}

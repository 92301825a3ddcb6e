//! A full run has rounds enough for a median, and a quick one says what it is.

use super::*;

fn plan() -> Plan {
    Plan { workers: 2, quick: false, python: String::new() }
}

#[test]
fn what_takes_long_has_the_fewest_passes_and_what_is_over_soon_the_most() {
    let passes = |millis| plan().passes(Duration::from_millis(millis));
    assert_eq!([120_000, 26_100, 26_000, 18_000, 6_000, 1].map(passes), [3, 3, 5, 7, 21, 21]);
    let quick = Plan { quick: true, ..plan() };
    assert_eq!(quick.passes(Duration::ZERO), 1);
}

#[test]
fn their_number_is_odd_and_they_fit_unless_they_are_the_fewest() {
    for millis in 0..40_000 {
        let first = Duration::from_millis(millis);
        let passes = plan().passes(first);
        assert_eq!(passes % 2, 1, "{millis} ms");
        let fit = first * u32::try_from(passes).expect("a few") <= Plan::FOR_PASSES;
        assert!(fit || passes == Plan::PASSES, "{passes} passes of {millis} ms");
    }
}

#[test]
fn a_median_is_one_of_seven_rounds_or_more() {
    const { assert!(Plan::PASSES * Plan::ROUNDS >= 7) };
    assert!(Plan::MOST_PASSES.is_multiple_of(2) == Plan::PASSES.is_multiple_of(2));
}

#[test]
fn the_method_tells_passes_processes_and_rounds() {
    let full = "2 workers, 3 to 21 passes, those that are over soon more of them, each pass a process \
                of its own with 3 rounds in turn after two to warm up, median (min .. max)";
    assert_eq!(plan().method(), full);
    let quick = Plan { quick: true, ..plan() }.method();
    assert!(quick.contains("a tenth of the work, 1 pass, each pass a process of its own with 3"));
}

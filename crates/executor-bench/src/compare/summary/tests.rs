//! The words say what the figures say.

use super::super::tests::{cell, comparison, sized};
use super::*;

#[test]
fn it_says_from_which_size_on_processes_are_cheap_and_what_they_cost_below() {
    let mib = 1 << 20;
    let cells = [
        sized(Kind::Cpu, 0, 2_000.0),
        sized(Kind::Cpu, mib, 100_000.0),
        sized(Kind::Cpu, 64 * mib, 9e7),
    ];
    let words = summary(&comparison(cells.concat()));
    assert_eq!(
        words[0],
        "For CPU-bound tasks and 2 workers, a process pool costs less than 5 % over threads from \
         100 us on without a payload, from 10 ms on with 1 MiB and at no size up to 10 ms with \
         64 MiB."
    );
    let price = "Below that, isolation costs for each task without a payload: 2 us more at 1 us \
                 (5.00 times); with 1 MiB: 100 us more at 1 us (201 times), 100 us more at 100 us \
                 (3.00 times); with 64 MiB: ";
    assert!(words[1].starts_with(price), "{}", words[1]);
}

#[test]
fn a_lucky_small_size_does_not_count() {
    let mut cells = sized(Kind::Cpu, 0, 2_000.0);
    cells[0] = cell(Kind::Cpu, 1_000, 0, 0.0);
    cells[1] = cell(Kind::Cpu, 100_000, 0, 50_000.0);
    let words = summary(&comparison(cells));
    assert!(words[0].contains("from 10 ms on without a payload"), "{}", words[0]);
}

#[test]
fn waits_and_other_kinds_are_told() {
    let cells = [sized(Kind::Cpu, 0, 2_000.0), sized(Kind::Sleep, 0, 1e9)].concat();
    let words = summary(&comparison(cells)).join("\n");
    assert!(words.contains("close to threads for sleeping tasks at no size"), "{words}");
    let wait = "waits 750 ns for threads (one in a hundred more than 995 ns) and 3.75 us for \
                processes (one in a hundred more than 4.97 us)";
    assert!(words.contains(wait), "{words}");
}

#[test]
fn nothing_measured_is_nothing_said() {
    assert_eq!(summary(&comparison(Vec::new())), Vec::<String>::new());
}

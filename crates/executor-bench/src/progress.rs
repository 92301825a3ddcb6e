//! How far the run is, on the terminal and only there.
//!
//! One bar for the program, for there is one terminal; it is drawn between turns, never in them.

use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

static BAR: OnceLock<ProgressBar> = OnceLock::new();

/// Begins a run of so many stages.
pub(crate) fn begin(stages: usize) {
    let bar = BAR.get_or_init(|| ProgressBar::new(0));
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {wide_msg}");
    bar.set_style(style.expect("a template without an error"));
    bar.set_length(stages as u64);
    bar.set_position(0);
}

/// The next turn is that of `name`.
pub(crate) fn turn(name: &str, round: usize, rounds: usize) {
    let Some(bar) = BAR.get() else { return };
    let round = if round == 0 { "warm-up".to_owned() } else { format!("round {round}/{rounds}") };
    bar.set_message(format!("{name}, {round}"));
}

/// The next stage is a pass of `name`; how many of them there will be may not be known yet.
pub(crate) fn pass(name: &str, number: usize, passes: Option<usize>) {
    let Some(bar) = BAR.get() else { return };
    let of = passes.map_or_else(String::new, |passes| format!("/{passes}"));
    bar.set_message(format!("{name}, pass {number}{of}"));
}

/// There are so many stages more than was said.
pub(crate) fn expect(stages: usize) {
    if let Some(bar) = BAR.get() {
        bar.inc_length(stages as u64);
    }
}

/// A stage has ended.
pub(crate) fn done() {
    if let Some(bar) = BAR.get() {
        bar.inc(1);
    }
}

/// Prints below what was printed before, and above the bar.
///
/// If it cannot be written, the tables at the end cannot either, and that is an error then: what is
/// measured meanwhile can still be kept.
pub(crate) fn say(text: &str) {
    let print = || drop(output::line(text));
    match BAR.get() {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// Takes the bar away.
pub(crate) fn end() {
    if let Some(bar) = BAR.get() {
        bar.finish_and_clear();
    }
}

//! Short work is repeated, long work is not.

use super::*;

fn plan(quick: bool) -> Plan {
    Plan { workers: 2, quick, python: String::new() }
}

#[test]
fn what_is_over_soon_is_repeated_and_its_mean_told() {
    let enough = plan(false).at_least();
    let mut times = [enough / 4, enough / 8, enough].into_iter();
    let turn = Turn::steady(&plan(false), 100, || times.next().expect("no more than needed"));
    assert_eq!(turn, Turn { figure: nanos_each(enough * 11 / 8, 300), times: 3 });
}

#[test]
fn what_takes_long_is_done_once_and_so_is_everything_in_a_quick_run() {
    let enough = plan(false).at_least();
    let once = nanos_each(enough, 100).into();
    assert_eq!(Turn::steady(&plan(false), 100, || enough), once);
    let brief = Duration::from_nanos(500);
    assert_eq!(Turn::steady(&plan(true), 100, || brief), Turn::from(5.0));
}

//! Only what is between the marks changes.

use super::*;
use crate::contest::Contest;
use crate::machine::tests::machine;
use crate::measure::{Entry, Role};
use crate::row::{Bar, Row};

fn document() -> Document {
    let mut contest = Contest::new(machine());
    let entries = vec![Entry::new("ours", Role::Ours, vec![1.0])];
    let (workload, unit) = ("hop".to_owned(), "ns".to_owned());
    let bars = vec![Bar::AtMost(2.0, 0)];
    contest.add("Threads", vec![Row { workload, unit, entries, bars, note: None }]);
    contest.into()
}

#[test]
fn what_stands_between_the_marks_is_replaced_and_nothing_else() {
    let text =
        "# Title\n\n<!-- executor-bench peers -->\nstale\n<!-- /executor-bench peers -->\nend\n";
    let new = with_tables(text, &document()).expect("both marks are there");
    assert!(new.starts_with("# Title\n\n<!-- executor-bench peers -->\nMeasured on "), "{new}");
    assert!(new.ends_with("\n<!-- /executor-bench peers -->\nend\n"), "{new}");
    let row = "| hop | ns | 1.00 |  | 1.00 | <= 2 | yes |";
    assert!(new.contains(row) && !new.contains("stale"), "{new}");
    assert_eq!(with_tables(&new, &document()), Ok(new), "twice is as good as once");
}

#[test]
fn a_missing_mark_is_an_error() {
    let error = with_tables("nothing", &document()).expect_err("no mark");
    assert!(error.contains("for any of peers"), "{error}");
    let error = with_tables("<!-- executor-bench peers -->", &document()).expect_err("no end");
    assert!(error.contains("no `<!-- /executor-bench peers -->` below"), "{error}");
    let other = "<!-- executor-bench scale --><!-- /executor-bench scale -->";
    assert!(with_tables(other, &document()).is_err(), "a section that was not measured");
}

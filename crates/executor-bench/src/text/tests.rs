//! What people read is short and exact.

use super::*;

#[test]
fn numbers_are_short_and_grouped() {
    let shown = [0.5, 12.34, 340.4, 1_234_567.0, 0.0, -1_234.0, f64::NAN].map(number);
    assert_eq!(shown, ["0.50", "12.3", "340", "1,234,567", "0", "-1,234", "absent"]);
}

#[test]
fn times_and_sizes_have_the_unit_that_suits_them() {
    let shown = [0.0, 1.0, 999.0, 1e3, 2_500.0, 1e8, 3.25e9].map(time);
    assert_eq!(shown, ["0 ns", "1 ns", "999 ns", "1 us", "2.50 us", "100 ms", "3.25 s"]);
    let shown = [0, 16, 1_024, 65_536, 64 << 20, 3 << 29].map(bytes);
    assert_eq!(shown, ["0 B", "16 B", "1 KiB", "64 KiB", "64 MiB", "1.50 GiB"]);
}

#[test]
fn an_enumeration_ends_with_and() {
    let parts = ["a", "b", "c"].map(str::to_owned);
    let shown = [&parts[..0], &parts[..1], &parts[..2], &parts].map(enumeration);
    assert_eq!(shown, ["", "a", "a and b", "a, b and c"]);
}

#[test]
fn a_table_is_padded_and_ruled() {
    let lines = [vec!["name".to_owned(), "n".to_owned()], vec!["a".to_owned(), "100".to_owned()]];
    assert_eq!(table(&lines), "| name | n   |\n|------|-----|\n| a    | 100 |\n");
    assert_eq!(table(&[]), "");
}

#[test]
fn a_dense_table_has_no_padding() {
    let lines = [vec!["name".to_owned(), "n".to_owned()], vec!["a".to_owned(), "100".to_owned()]];
    assert_eq!(dense_table(&lines), "| name | n |\n|---|---|\n| a | 100 |\n");
    assert_eq!(dense_table(&[]), "");
}

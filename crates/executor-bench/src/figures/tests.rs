//! The statistics are right.

use super::*;

#[test]
fn the_median_is_the_middle_whatever_the_order() {
    let odd = Figures::from(vec![9.0, 1.0, 5.0]);
    assert_eq!((odd.min(), odd.median(), odd.max()), (1.0, 5.0, 9.0));
    assert_eq!(Figures::from(vec![4.0, 2.0]).median(), 3.0);
    assert_eq!(Figures::from(vec![7.0]).median(), 7.0);
}

#[test]
fn quantiles_lie_between_the_ends() {
    let hundred = Figures::from((0..=100).map(f64::from).collect::<Vec<_>>());
    let shown = [0.0, 0.25, 0.5, 0.99, 1.0].map(|q| hundred.quantile(q));
    assert_eq!(shown, [0.0, 25.0, 50.0, 99.0, 100.0]);
    let two = Figures::from(vec![10.0, 20.0]);
    assert_eq!([-1.0, 0.75, 2.0].map(|q| two.quantile(q)), [10.0, 17.5, 20.0]);
}

#[test]
fn nothing_measured_is_no_number() {
    let none = Figures::from(vec![f64::NAN, f64::INFINITY]);
    assert!(none.is_empty() && none.median().is_nan() && none.min().is_nan());
}

#[test]
fn figures_come_back_from_json_round_by_round() {
    let written = serde_json::to_string(&Figures::from(vec![2.5, 1.0])).expect("plain numbers");
    assert_eq!(written, "[2.5,1.0]");
    let read: Figures = serde_json::from_str("[3.0, 1.0, 2.0]").expect("a list of numbers");
    assert_eq!((read.min(), read.median(), read.len()), (1.0, 2.0, 3));
}

#[test]
fn a_ratio_is_taken_within_the_rounds() {
    let ours = Figures::from(vec![2.0, 20.0, 3.0]);
    let other = Figures::from(vec![4.0, 40.0, 3.0]);
    assert_eq!(ours.over(&other), 0.5);
    assert_eq!(ours.over(&Figures::from(vec![6.0])), 0.5, "3 of 6: there are no pairs");
    assert!(ours.over(&Figures::default()).is_nan());
    assert!(Figures::default().over(&Figures::default()).is_nan());
}

#[test]
fn a_round_without_a_figure_keeps_the_others_in_their_rounds() {
    let ours = Figures::from(vec![Some(2.0), Some(30.0), Some(6.0)]);
    let other = Figures::from(vec![None, Some(60.0), Some(12.0)]);
    assert_eq!((other.len(), other.rounds(), other.median()), (2, 3, 36.0));
    assert_eq!(ours.over(&other), 0.5, "of the two rounds that have both");
    let before = Figures::from(vec![Some(3.0), None, None]);
    assert_eq!(before.over(&other), 3.0 / 36.0, "no round has both");
    let written = serde_json::to_string(&other).expect("plain numbers");
    assert_eq!(written, "[null,60.0,12.0]");
    let read: Figures = serde_json::from_str(&written).expect("what was written");
    assert_eq!(read, other);
}

#[test]
fn what_was_never_there_has_no_rounds() {
    let absent = Figures::from(vec![None, Some(f64::NAN)]);
    assert_eq!(absent, Figures::default());
    let one = Figures::from(vec![1.0]);
    assert_eq!(one.by_round(3).collect::<Vec<_>>(), [Some(1.0), None, None]);
}

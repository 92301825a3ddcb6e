//! A chart is labelled where it is read, and has every point.

use super::*;
use crate::report::ink::hex;

fn chart(points: Vec<(f64, f64)>) -> Chart {
    let axis = |name, logarithmic| Axis {
        name,
        logarithmic,
        ticks: Vec::new(),
        show: |value| format!("<{value:.0}>"),
    };
    let lines = vec![Line { name: "a".to_owned(), points }];
    Chart { x: axis("across", true), y: axis("up", false), lines, goal: Some(3.0) }
}

#[test]
fn ticks_are_powers_of_ten_or_round_numbers() {
    assert_eq!(decades(-0.1, 3.1), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(decades(0.0, 1.0).len(), 4);
    assert_eq!(steps(0.1, 9.9), [2.0, 4.0, 6.0, 8.0]);
}

#[test]
fn every_point_and_name_is_in_the_drawing() {
    let points = vec![(1.0, 1.0), (100.0, 5.0), (10_000.0, f64::NAN)];
    for size in [Size::Wide, Size::Narrow] {
        let svg = svg(&chart(points.clone()), size);
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 2, "a point that is no number is left out");
        for part in ["across", "up", "&lt;100&gt;", &hex(GOAL), &hex(SERIES[0])] {
            assert!(svg.contains(part), "no {part} in {svg}");
        }
    }
}

#[test]
fn nothing_measured_is_an_empty_chart() {
    assert_eq!(svg(&chart(Vec::new()), Size::Wide).matches("<circle").count(), 0);
}

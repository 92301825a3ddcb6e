//! Every contender has a bar, or the word that it is absent.

use super::*;

#[test]
fn a_bar_for_each_who_is_there() {
    let bar = |name: &str, value, colour| {
        let spread = (value * 0.9, value * 1.2);
        Bar { name: name.to_owned(), value, spread, colour }
    };
    let bars = Bars {
        bars: vec![bar("ours", 10.0, 0), bar("quick & slow", 2_500.0, 2), bar("gone", f64::NAN, 2)],
        goals: vec![60.0],
    };
    for size in [Size::Wide, Size::Narrow] {
        let svg = svg(&bars, size);
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
        for part in ["ours", "quick &amp; slow", "2,500", "10.0", "absent"] {
            assert!(svg.contains(part), "no {part} in {svg}");
        }
    }
}

#[test]
fn a_bar_that_would_hide_the_others_is_cut() {
    let bar = |value| Bar { name: "one".to_owned(), value, spread: (value, value), colour: 0 };
    let longest = |values: &[f64]| {
        longest(&Bars { bars: values.iter().map(|value| bar(*value)).collect(), goals: vec![] })
    };
    assert_eq!(longest(&[10.0, 49.0]), 49.0);
    assert_eq!(longest(&[10.0, 53_000.0]), 13.0);
    assert_eq!((longest(&[10.0]), longest(&[0.0, 7.0])), (10.0, 7.0));
    let far = Bars { bars: vec![bar(1.0)], goals: vec![100.0] };
    assert_eq!(super::longest(&far), 100.0);
}

#[test]
fn without_bars_there_is_still_a_drawing() {
    assert!(svg(&Bars { bars: Vec::new(), goals: Vec::new() }, Size::Wide).starts_with("<svg"));
}

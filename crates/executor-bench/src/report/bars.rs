//! Bars beside each other, shorter is better.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::text::{ABSENT, number};

use super::ink::{GOAL, SERIES, Size, TEXT, drawn};

/// What is drawn.
pub(super) struct Bars {
    pub(super) bars: Vec<Bar>,
    /// Where ours should end.
    pub(super) goals: Vec<f64>,
}

/// One bar.
pub(super) struct Bar {
    pub(super) name: String,
    /// NaN for who is absent.
    pub(super) value: f64,
    /// The smallest and the largest figure.
    pub(super) spread: (f64, f64),
    /// A place among the colours.
    pub(super) colour: usize,
}

/// From one bar to the next.
const PITCH: i32 = 22;
const THICKNESS: i32 = 13;
const MARGIN: i32 = 4;
/// How many times as long as the next one a bar may be.
const CUT_BEYOND: f64 = 5.0;
/// How many times as long as the next one it is drawn otherwise.
const CUT_AT: f64 = 1.3;

/// The bars as SVG.
pub(super) fn svg(bars: &Bars, size: Size) -> String {
    let height = PITCH * i32::try_from(bars.bars.len()).unwrap_or(0) + 2 * MARGIN;
    let mut text = String::new();
    {
        let dimensions = (size.width(), height.unsigned_abs());
        let area = SVGBackend::with_string(&mut text, dimensions).into_drawing_area();
        draw(bars, size, &area);
        drawn(area.present());
    }
    text
}

fn draw(bars: &Bars, size: Size, area: &DrawingArea<SVGBackend<'_>, Shift>) {
    let widest = bars.bars.iter().map(|bar| bar.name.chars().count()).max().unwrap_or(0);
    let left = (size.character() * widest as f64) as i32 + 8;
    // A figure stands behind its bar, and has to have room there.
    let right = size.width() as i32 - (size.character() * 11.0) as i32;
    let most = longest(bars);
    let scale = if most > 0.0 { f64::from(right - left) / most } else { 0.0 };
    let place = |value: f64| left + ((value * scale) as i32).min(right - left);
    let mut goals = bars.goals.clone();
    goals.sort_by(f64::total_cmp);
    for (n, bar) in bars.bars.iter().enumerate() {
        let middle = MARGIN + PITCH * n as i32 + PITCH / 2;
        // Ours is the first.
        let goals = if n == 0 { &goals[..] } else { &[] };
        one(bar, size, area, (left, middle), goals, place, bar.value > most);
    }
    for goal in &goals {
        let ends = [(place(*goal), MARGIN), (place(*goal), MARGIN + PITCH)];
        drawn(area.draw(&PathElement::new(ends, GOAL.stroke_width(3))));
    }
}

/// What the whole width stands for. A bar that would make all others too short to compare is cut.
fn longest(bars: &Bars) -> f64 {
    let values = bars.bars.iter().map(|bar| bar.value).filter(|value| value.is_finite());
    let goal = bars.goals.iter().copied().fold(0.0, f64::max);
    let mut lengths: Vec<f64> = values.chain([goal]).collect();
    lengths.sort_by(|a, b| b.total_cmp(a));
    match lengths[..] {
        [most, next, ..] if most > goal && next > 0.0 && most > CUT_BEYOND * next => CUT_AT * next,
        [most, ..] => most,
        [] => 0.0,
    }
}

fn one(
    bar: &Bar,
    size: Size,
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    (left, middle): (i32, i32),
    goals: &[f64],
    place: impl Fn(f64) -> i32,
    cut: bool,
) {
    let anchored = |h| size.style().pos(Pos::new(h, VPos::Center));
    let name = Text::new(bar.name.clone(), (left - 6, middle), anchored(HPos::Right));
    drawn(area.draw(&name));
    let written = |at: i32, text: String| {
        drawn(area.draw(&Text::new(text, (at + 6, middle), anchored(HPos::Left))));
    };
    if bar.value.is_nan() {
        return written(left, ABSENT.to_owned());
    }
    let colour = SERIES[bar.colour % SERIES.len()];
    let (top, end) = (middle - THICKNESS / 2, place(bar.value));
    // The smallest bar can still be seen.
    let corners = [(left, top), (end.max(left + 1), top + THICKNESS)];
    drawn(area.draw(&Rectangle::new(corners, colour.filled())));
    let (low, high) = (place(bar.spread.0), place(bar.spread.1));
    if high > low {
        drawn(area.draw(&PathElement::new([(low, middle), (high, middle)], TEXT.stroke_width(1))));
    }
    let figure = if cut { format!("{}, cut", number(bar.value)) } else { number(bar.value) };
    let width = (size.character() * figure.len() as f64) as i32 + 6;
    // No mark goes through the figure.
    let behind = |at: i32, goal: &f64| match place(*goal) {
        mark if (at..at + width).contains(&mark) => mark,
        _ => at,
    };
    written(goals.iter().fold(end.max(high), behind), figure);
}

#[cfg(test)]
mod tests;

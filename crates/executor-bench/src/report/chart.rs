//! Lines over an axis.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::*;

use super::ink::{GOAL, GRID, SERIES, Size, TEXT, drawn};

/// What is drawn.
pub(super) struct Chart {
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) lines: Vec<Line>,
    /// A value that the eye should compare with.
    pub(super) goal: Option<f64>,
}

/// A line through points; its colour is that of its place among all lines.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// Where values lie, and how they are written.
pub(super) struct Axis {
    pub(super) name: &'static str,
    /// Each step is ten times the one before.
    pub(super) logarithmic: bool,
    /// Where it is labelled; where it suits the values, if there are none.
    pub(super) ticks: Vec<f64>,
    pub(super) show: fn(f64) -> String,
}

impl Axis {
    /// Where a value lies.
    fn place(&self, value: f64) -> f64 {
        if self.logarithmic { value.log10() } else { value }
    }

    /// The part of the axis that has all values, and its labels with their places.
    fn span(&self, values: impl Iterator<Item = f64>, most: usize) -> Span {
        let places = values.map(|value| self.place(value)).filter(|place| place.is_finite());
        let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| {
            (low.min(place), high.max(place))
        });
        // Without any value there is nothing to see, but still a plot.
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let margin = ((high - low) * 0.04).max(0.02);
        let (low, high) = (low - margin, high + margin);
        let ticks = match (self.ticks.is_empty(), self.logarithmic) {
            (false, _) => self.ticks.iter().map(|&tick| self.place(tick)).collect(),
            (true, true) => decades(low, high),
            (true, false) => steps(low, high),
        };
        let mut ticks: Vec<f64> =
            ticks.into_iter().filter(|tick| (low..=high).contains(tick)).collect();
        ticks.sort_by(f64::total_cmp);
        ticks.dedup();
        let thinned = ticks.len().div_ceil(most.max(1)).max(1);
        Span { low, high, ticks: ticks.into_iter().step_by(thinned).collect() }
    }

    /// How the label at a place is written.
    fn label(&self, place: f64) -> String {
        let value = if self.logarithmic { 10_f64.powf(place) } else { place };
        // What has passed through its logarithm is no longer round.
        (self.show)(format!("{value:.6e}").parse().unwrap_or(value))
    }
}

/// Where places lie in pixels, and which of them have labels.
#[derive(Clone)]
struct Span {
    low: f64,
    high: f64,
    ticks: Vec<f64>,
}

impl Ranged for Span {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, (from, to): (i32, i32)) -> i32 {
        let share = (place - self.low) / (self.high - self.low);
        from + (share * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// Powers of ten; twice and five times each of them as well where there would be few.
fn decades(low: f64, high: f64) -> Vec<f64> {
    let whole = (low.floor() as i32)..=(high.ceil() as i32);
    let parts: &[f64] = if high - low < 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let ticks =
        whole.flat_map(|power| parts.iter().map(move |part| f64::from(power) + part.log10()));
    ticks.filter(|tick| (low..=high).contains(tick)).collect()
}

/// Round numbers, about five of them.
fn steps(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|part| part * power).into_iter().find(|&s| s >= rough);
    let step = step.unwrap_or(power);
    let first = (low / step).ceil() as i64;
    (first..).map(|n| n as f64 * step).take_while(|&tick| tick <= high).collect()
}

/// The chart as SVG.
pub(super) fn svg(chart: &Chart, size: Size) -> String {
    let height = if size == Size::Wide { 340 } else { 270 };
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (size.width(), height)).into_drawing_area();
        draw(chart, size, &area);
        drawn(area.present());
    }
    text
}

fn draw(chart: &Chart, size: Size, area: &DrawingArea<SVGBackend<'_>, Shift>) {
    let points = || chart.lines.iter().flat_map(|line| &line.points);
    let labels = if size == Size::Wide { 10 } else { 5 };
    let x = chart.x.span(points().map(|point| point.0), labels);
    let y = chart.y.span(points().map(|point| point.1).chain(chart.goal), 9);
    let widest = y.ticks.iter().map(|&tick| chart.y.label(tick).chars().count()).max();
    let left = size.character() * widest.unwrap_or(1) as f64 + 2.5 * size.font();
    let (from, to) = (x.low, x.high);
    let mut canvas = drawn(
        ChartBuilder::on(area)
            .margin_right(size.character() as u32 * 3)
            .margin_top(8)
            .x_label_area_size((size.font() * 3.4) as u32)
            .y_label_area_size(left as u32)
            .build_cartesian_2d(x, y),
    );
    drawn(
        canvas
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(TEXT)
            .label_style(size.style())
            .axis_desc_style(size.style())
            .x_desc(chart.x.name)
            .y_desc(chart.y.name)
            .x_label_formatter(&|&place| chart.x.label(place))
            .y_label_formatter(&|&place| chart.y.label(place))
            .draw(),
    );
    if let Some(goal) = chart.goal.map(|goal| chart.y.place(goal)) {
        let ends = [(from, goal), (to, goal)];
        drawn(canvas.draw_series(LineSeries::new(ends, GOAL.stroke_width(1))));
    }
    for (line, colour) in chart.lines.iter().zip(SERIES.iter().cycle()) {
        let place = |&(x, y): &(f64, f64)| (chart.x.place(x), chart.y.place(y));
        let known = line.points.iter().map(place).filter(|(x, y)| x.is_finite() && y.is_finite());
        let places: Vec<_> = known.collect();
        drawn(canvas.draw_series(LineSeries::new(places.clone(), colour.stroke_width(2))));
        let dots = places.into_iter().map(|place| Circle::new(place, 3, colour.filled()));
        drawn(canvas.draw_series(dots));
    }
}

#[cfg(test)]
mod tests;

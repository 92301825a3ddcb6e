//! What plots are drawn with.
//!
//! A plot has the colours of a light page, so that it can be read on its own; on a dark page the
//! style sheet exchanges each of them for another, which is why there are no shades in between.

use plotters::prelude::*;
use plotters::style::RGBColor;

/// Text and axes.
pub(super) const TEXT: RGBColor = RGBColor(0x1a, 0x1a, 0x1b);
/// The lines behind a plot.
pub(super) const GRID: RGBColor = RGBColor(0xd9, 0xd9, 0xda);
/// Bars that a figure has to reach.
pub(super) const GOAL: RGBColor = RGBColor(0xb0, 0x00, 0x5a);
/// Each line or bar in the order in which they are named.
pub(super) const SERIES: [RGBColor; 7] = [
    RGBColor(0x1b, 0x66, 0xc9),
    RGBColor(0xc8, 0x50, 0x1e),
    RGBColor(0x6f, 0x6f, 0x70),
    RGBColor(0x1f, 0x82, 0x4e),
    RGBColor(0x8a, 0x4f, 0xbf),
    RGBColor(0x96, 0x72, 0x00),
    RGBColor(0x00, 0x7c, 0x8a),
];

/// The colours above on a dark page, in the same order: text, grid, goal, series.
const DARK: [&str; 10] = [
    "#e8e8e8", "#3c3c3f", "#ff7ab8", "#6fabff", "#ff9c68", "#adadb0", "#63cc92", "#c99dff",
    "#e3bd4b", "#4fd0de",
];

/// A colour as the plots and the page write it.
pub(super) fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// The rules that exchange the colours on a dark page.
pub(super) fn dark_rules() -> String {
    let light = [TEXT, GRID, GOAL].into_iter().chain(SERIES);
    let rule = |(light, dark): (RGBColor, &str)| {
        let light = hex(light);
        format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}")
    };
    light.zip(DARK).map(rule).collect::<Vec<_>>().join("\n")
}

/// How large a plot is, in pixels of the page that shows it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Wide,
    /// For a telephone.
    Narrow,
}

impl Size {
    pub(super) fn width(self) -> u32 {
        match self {
            Self::Wide => 640,
            Self::Narrow => 330,
        }
    }

    /// Text of the size of the page's small print.
    pub(super) fn font(self) -> f64 {
        match self {
            Self::Wide => 13.0,
            Self::Narrow => 12.0,
        }
    }

    /// How wide a character is at the most, about.
    pub(super) fn character(self) -> f64 {
        self.font() * 0.58
    }

    pub(super) fn style(self) -> TextStyle<'static> {
        ("system-ui, sans-serif", self.font()).into_font().color(&TEXT)
    }
}

/// What can go wrong with a plot in memory is a mistake of ours.
pub(super) fn drawn<T, E: std::error::Error>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("a plot that cannot be drawn: {error}"))
}

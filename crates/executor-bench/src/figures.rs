//! Several measurements of one thing, and what is said of them.

use serde::{Deserialize, Serialize};

/// Measurements in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<f64>", into = "Vec<f64>")]
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    /// The middle: one slow round does not move it. NaN without figures, as are all the others.
    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The smallest.
    pub(crate) fn min(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    /// The largest.
    pub(crate) fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    /// The figure below which the share `q` of all lies; between two figures, on the line that
    /// joins them.
    pub(crate) fn quantile(&self, q: f64) -> f64 {
        let Some(last) = self.0.len().checked_sub(1) else { return f64::NAN };
        let place = q.clamp(0.0, 1.0) * last as f64;
        let (below, above) = (self.0[place.floor() as usize], self.0[place.ceil() as usize]);
        below + (above - below) * place.fract()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<f64>> for Figures {
    /// Leaves out what is no number: it has no place in an order.
    fn from(mut figures: Vec<f64>) -> Self {
        figures.retain(|figure| figure.is_finite());
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }
}

impl From<Figures> for Vec<f64> {
    fn from(figures: Figures) -> Self {
        figures.0
    }
}

#[cfg(test)]
mod tests;

//! Several measurements of one thing, and what is said of them.

use serde::{Deserialize, Serialize};

/// Measurements, one for each round.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<f64>", into = "Vec<f64>")]
pub(crate) struct Figures {
    /// In the order of the rounds.
    taken: Vec<f64>,
    ascending: Vec<f64>,
}

impl Figures {
    /// The middle: one slow round does not move it. NaN without figures, as are all the others.
    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The smallest.
    pub(crate) fn min(&self) -> f64 {
        self.ascending.first().copied().unwrap_or(f64::NAN)
    }

    /// The largest.
    pub(crate) fn max(&self) -> f64 {
        self.ascending.last().copied().unwrap_or(f64::NAN)
    }

    /// The figure below which the share `q` of all lies; between two figures, on the line that
    /// joins them.
    pub(crate) fn quantile(&self, q: f64) -> f64 {
        let Some(last) = self.ascending.len().checked_sub(1) else { return f64::NAN };
        let place = q.clamp(0.0, 1.0) * last as f64;
        let [below, above] = [place.floor(), place.ceil()].map(|at| self.ascending[at as usize]);
        below + (above - below) * place.fract()
    }

    /// The middle of what these are to others of the same round: a slow spell of the machine that
    /// hits both does not move it.
    pub(crate) fn over(&self, others: &Self) -> f64 {
        if self.len() != others.len() {
            return self.median() / others.median();
        }
        let pairs = self.taken.iter().zip(&others.taken);
        Self::from(pairs.map(|(one, other)| one / other).collect::<Vec<_>>()).median()
    }

    pub(crate) fn len(&self) -> usize {
        self.taken.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }
}

impl From<Vec<f64>> for Figures {
    /// Leaves out what is no number: it has no place in an order.
    fn from(mut taken: Vec<f64>) -> Self {
        taken.retain(|figure| figure.is_finite());
        let mut ascending = taken.clone();
        ascending.sort_by(f64::total_cmp);
        Self { taken, ascending }
    }
}

impl From<Figures> for Vec<f64> {
    fn from(figures: Figures) -> Self {
        figures.taken
    }
}

#[cfg(test)]
mod tests;

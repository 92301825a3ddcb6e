//! Several measurements of one thing, and what is said of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Measurements, one for each round; a round may have none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Option<f64>>", into = "Vec<Option<f64>>")]
pub(crate) struct Figures {
    /// In the order of the rounds; empty if no round has one.
    taken: Vec<Option<f64>>,
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
    /// hits both does not move it. Without a round that has both, what the middles are.
    pub(crate) fn over(&self, others: &Self) -> f64 {
        let pairs = self.taken.iter().zip(&others.taken);
        let ratios = pairs.map(|(one, other)| one.zip(*other).map(|(one, other)| one / other));
        let ratios = Self::from(ratios.collect::<Vec<_>>());
        if self.rounds() != others.rounds() || ratios.is_empty() {
            return self.median() / others.median();
        }
        ratios.median()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ascending.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ascending.is_empty()
    }

    /// How many rounds they are of, those that have none included.
    pub(crate) fn rounds(&self) -> usize {
        self.taken.len()
    }

    /// The figure of each of so many rounds.
    pub(crate) fn by_round(&self, rounds: usize) -> impl Iterator<Item = Option<f64>> {
        self.taken.iter().copied().chain(std::iter::repeat(None)).take(rounds)
    }
}

impl From<Vec<f64>> for Figures {
    fn from(taken: Vec<f64>) -> Self {
        taken.into_iter().map(Some).collect::<Vec<_>>().into()
    }
}

impl From<Vec<Option<f64>>> for Figures {
    /// Leaves out what is no number: it has no place in an order.
    fn from(mut taken: Vec<Option<f64>>) -> Self {
        taken.iter_mut().for_each(|figure| *figure = figure.filter(|figure| figure.is_finite()));
        let mut ascending: Vec<f64> = taken.iter().copied().flatten().collect();
        ascending.sort_by(f64::total_cmp);
        if ascending.is_empty() {
            taken.clear();
        }
        Self { taken, ascending }
    }
}

impl From<Figures> for Vec<Option<f64>> {
    fn from(figures: Figures) -> Self {
        figures.taken
    }
}

/// Nanoseconds of each of `count` things that took `elapsed` together.
pub(crate) fn nanos_each(elapsed: Duration, count: u64) -> f64 {
    elapsed.as_secs_f64() * 1e9 / count as f64
}

#[cfg(test)]
mod tests;

//! Turns taken one after another, and what is kept of them.

use std::time::Duration;

use crate::plan::Plan;

/// Whose figure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// This library.
    Ours,
    /// A library that ours is compared with.
    Peer,
    /// A figure for orientation, not a competitor.
    Reference,
}

/// The figures of one contender, in the unit of its row.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The library's name.
    pub(crate) name: &'static str,
    /// Whose figure it is.
    pub(crate) role: Role,
    /// One figure for each round, in ascending order; empty for a library that is not here.
    samples: Vec<f64>,
}

impl Entry {
    /// Keeps the figures of `samples`, of which there must be at least one.
    pub(crate) fn new(name: &'static str, role: Role, mut samples: Vec<f64>) -> Self {
        assert!(!samples.is_empty(), "{name} was never measured");
        samples.sort_by(f64::total_cmp);
        Self { name, role, samples }
    }

    /// The entry of a library that is not installed: the row says so instead of leaving it out.
    pub(crate) fn absent(name: &'static str, role: Role) -> Self {
        Self { name, role, samples: Vec::new() }
    }

    /// Whether it has no figures.
    pub(crate) fn is_absent(&self) -> bool {
        self.samples.is_empty()
    }

    /// The middle figure: one slow round does not move it. NaN without figures, as are the others.
    pub(crate) fn median(&self) -> f64 {
        let middle = self.samples.len() / 2;
        if self.is_absent() {
            f64::NAN
        } else if self.samples.len() % 2 == 1 {
            self.samples[middle]
        } else {
            f64::midpoint(self.samples[middle - 1], self.samples[middle])
        }
    }

    /// The smallest figure.
    pub(crate) fn min(&self) -> f64 {
        self.samples.first().copied().unwrap_or(f64::NAN)
    }

    /// The largest figure.
    pub(crate) fn max(&self) -> f64 {
        self.samples.last().copied().unwrap_or(f64::NAN)
    }
}

/// Someone who takes turns; a turn returns its figure.
pub(crate) struct Contender<'a> {
    name: &'static str,
    role: Role,
    /// None for a library that is not here.
    turn: Option<Box<dyn FnMut() -> f64 + 'a>>,
}

impl<'a> Contender<'a> {
    /// A contender whose figure for a round is what `turn` returns.
    pub(crate) fn new(name: &'static str, role: Role, turn: impl FnMut() -> f64 + 'a) -> Self {
        Self { name, role, turn: Some(Box::new(turn)) }
    }

    /// The same for a `pool` that may not have come up, and then is listed as absent.
    pub(crate) fn with<P>(
        name: &'static str,
        role: Role,
        pool: &'a Result<P, String>,
        mut turn: impl FnMut(&P) -> f64 + 'a,
    ) -> Self {
        match pool {
            Ok(pool) => Self::new(name, role, move || turn(pool)),
            Err(_) => Self { name, role, turn: None },
        }
    }
}

/// Lets every contender take its turn, `Plan::ROUNDS` times after a warm-up: A B C A B C ...
///
/// A slow spell of the machine thus hits all of them, not only the one measured at that time.
pub(crate) fn in_turn(mut contenders: Vec<Contender<'_>>) -> Vec<Entry> {
    let mut samples = vec![Vec::with_capacity(Plan::ROUNDS); contenders.len()];
    for round in 0..=Plan::ROUNDS {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            let Some(turn) = &mut contender.turn else { continue };
            let figure = turn();
            if round > 0 {
                samples.push(figure);
            }
            settle();
        }
    }
    let named = contenders.into_iter().zip(samples);
    let entry = |(contender, samples): (Contender<'_>, _)| match contender.turn {
        Some(_) => Entry::new(contender.name, contender.role, samples),
        None => Entry::absent(contender.name, contender.role),
    };
    named.map(entry).collect()
}

/// Gives the threads of a pool that was dropped without joining them time to end.
fn settle() {
    std::thread::sleep(Duration::from_millis(20));
}

/// Nanoseconds of each of `count` things that took `elapsed` together.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) fn nanos_each(elapsed: Duration, count: u64) -> f64 {
    elapsed.as_secs_f64() * 1e9 / count as f64
}

#[cfg(test)]
mod tests;

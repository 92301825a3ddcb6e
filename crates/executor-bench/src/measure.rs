//! Turns taken one after another, and what is kept of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::figures::Figures;
use crate::plan::Plan;
use crate::turn::Turn;
use crate::usage::{Meter, Usage, give_memory_back, typical};

/// Whose figure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// This library.
    Ours,
    /// A library that ours is compared with.
    Peer,
    /// A figure for orientation, not a competitor.
    Reference,
}

/// The figures of one contender, in the unit of its row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The library's name.
    pub(crate) name: String,
    /// Whose figure it is.
    pub(crate) role: Role,
    /// One figure for each round; none for a library that is not here.
    pub(crate) figures: Figures,
    /// What a turn took from the machine, all of it: the start of a pool and its warm-up as well.
    /// Of work that was repeated, what it took each time.
    pub(crate) usage: Option<Usage>,
}

impl Entry {
    /// Keeps the figures of `samples`.
    pub(crate) fn new(name: &str, role: Role, samples: Vec<f64>) -> Self {
        Self { name: name.to_owned(), role, figures: samples.into(), usage: None }
    }

    /// Whether it has no figures: the row says so instead of leaving it out.
    pub(crate) fn is_absent(&self) -> bool {
        self.figures.is_empty()
    }

    /// The middle figure; NaN without figures.
    pub(crate) fn median(&self) -> f64 {
        self.figures.median()
    }
}

/// Someone who takes turns.
pub(crate) struct Contender<'a> {
    name: &'static str,
    role: Role,
    /// None for a library that is not here.
    turn: Option<Box<dyn FnMut() -> Turn + 'a>>,
}

impl<'a> Contender<'a> {
    /// A contender whose figure for a round is what `turn` returns.
    pub(crate) fn new<T: Into<Turn>>(
        name: &'static str,
        role: Role,
        mut turn: impl FnMut() -> T + 'a,
    ) -> Self {
        Self { name, role, turn: Some(Box::new(move || turn().into())) }
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

/// What a contender's turns have brought so far.
#[derive(Default)]
struct Turns {
    figures: Vec<f64>,
    usages: Vec<Usage>,
}

/// Lets every contender take its turn, again and again after those to warm up: A B C A B C ...
///
/// A slow spell of the machine thus hits all of them, not only the one measured at that time.
pub(crate) fn in_turn(mut contenders: Vec<Contender<'_>>) -> Vec<Entry> {
    let mut turns: Vec<Turns> = contenders.iter().map(|_| Turns::default()).collect();
    for round in 0..Plan::WARM_UPS + Plan::ROUNDS {
        for (contender, turns) in contenders.iter_mut().zip(&mut turns) {
            turns.take(contender, round);
        }
    }
    let named = contenders.into_iter().zip(turns);
    let entry = |(contender, turns): (Contender<'_>, Turns)| Entry {
        usage: typical(&turns.usages, Plan::WARM_UPS),
        ..Entry::new(contender.name, contender.role, turns.figures)
    };
    named.map(entry).collect()
}

impl Turns {
    /// The figures of the first rounds do not count.
    fn take(&mut self, contender: &mut Contender<'_>, round: usize) {
        let Some(turn) = &mut contender.turn else { return };
        if round == 0 {
            give_memory_back();
        }
        let meter = Meter::start();
        let Turn { figure, times } = turn();
        self.usages.extend(meter.stop().map(|usage| usage.of_one(times)));
        self.figures.extend((round >= Plan::WARM_UPS).then_some(figure));
        settle();
    }
}

/// Gives the threads of a pool that was dropped without joining them time to end.
fn settle() {
    std::thread::sleep(Duration::from_millis(20));
}

#[cfg(test)]
mod tests;

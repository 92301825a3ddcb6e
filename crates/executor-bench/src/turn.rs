//! What a turn brings, and how long it goes on.

use std::time::Duration;

use crate::figures::nanos_each;
use crate::plan::Plan;

/// The figure of a turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Turn {
    pub(crate) figure: f64,
    /// How often the work was done for it.
    pub(crate) times: u64,
}

impl Turn {
    /// The nanoseconds of each of `count` things, which `work` does and times; what is over soon is
    /// done again and again, as [`Plan::at_least`] says, and the mean is the figure.
    pub(crate) fn steady(plan: &Plan, count: u64, mut work: impl FnMut() -> Duration) -> Self {
        let (mut elapsed, mut times) = (work(), 1);
        while elapsed < plan.at_least() {
            elapsed += work();
            times += 1;
        }
        Self { figure: nanos_each(elapsed, count * times), times }
    }
}

/// Of work that is done once.
impl From<f64> for Turn {
    fn from(figure: f64) -> Self {
        Self { figure, times: 1 }
    }
}

#[cfg(test)]
mod tests;

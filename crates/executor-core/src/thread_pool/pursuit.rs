/// Whether a worker that has caught up with those who submit lets them go ahead for a moment.
///
/// A worker that takes each task as soon as it is pushed and whoever pushes the next one wait for
/// each other at every step: for the ends of the queue, for the word that says who searches, and
/// for the memory of two tasks that lie side by side. Left alone for some microseconds, who submits
/// many tasks makes most of them in a fraction of the time. But who waits for each result would
/// wait for that long, and only a try shows which of the two it is: so one is made now and then,
/// and from then on each time, as long as it pays.
pub(super) struct Pursuit {
    /// How many times the worker has caught up since it let anybody go ahead.
    caught_up: u32,
    /// How many times it does before it lets them go ahead.
    borne: u32,
}

/// The first try is soon.
const FEW: u32 = 16;
/// Tries that gain nothing become as rare as this: they make a round trip longer.
const MANY: u32 = 4096;
/// It has paid if so many tasks have come meanwhile.
const ENOUGH: usize = 8;

impl Pursuit {
    /// Nobody has been caught up with yet.
    pub(super) const fn new() -> Self {
        Self { caught_up: 0, borne: FEW }
    }

    /// The queue was empty, and then a task came; true: who submits is let go ahead now.
    pub(super) fn catches_up(&mut self) -> bool {
        self.caught_up += 1;
        self.caught_up > self.borne
    }

    /// They were let go ahead, and so many tasks have come meanwhile.
    pub(super) fn learn(&mut self, come: usize) {
        let borne = match (come >= ENOUGH, self.borne) {
            (true, _) => 0,
            (false, 0) => FEW,
            (false, borne) => (borne * 4).min(MANY),
        };
        *self = Self { caught_up: 0, borne };
    }
}

#[cfg(test)]
mod tests;

use std::time::Instant;

use crate::primitives::{Condvar, Mutex};

/// The places of a bounded queue.
#[derive(Debug)]
pub(super) struct Gate {
    capacity: usize,
    inside: Mutex<Inside>,
    freed: Condvar,
}

#[derive(Debug)]
struct Inside {
    taken: usize,
    closed: bool,
}

/// What became of a wish for a place.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Admitted,
    Full,
    Closed,
}

impl Gate {
    pub(super) fn new(capacity: usize) -> Self {
        let inside = Mutex::new(Inside { taken: 0, closed: false });
        Self { capacity, inside, freed: Condvar::default() }
    }

    /// Takes a place if there is one.
    pub(super) fn try_enter(&self) -> Admission {
        let mut inside = self.inside.lock();
        if inside.closed {
            Admission::Closed
        } else if inside.taken >= self.capacity {
            Admission::Full
        } else {
            inside.taken += 1;
            Admission::Admitted
        }
    }

    /// Takes a place, waiting until one is free, the gate closes, or the deadline has come.
    pub(super) fn enter(&self, deadline: Option<Instant>) -> Admission {
        let mut inside = self.inside.lock();
        while inside.taken >= self.capacity && !inside.closed {
            if deadline.is_some_and(|at| Instant::now() >= at) {
                return Admission::Full;
            }
            inside = self.freed.wait(inside, deadline);
        }
        if inside.closed {
            return Admission::Closed;
        }
        inside.taken += 1;
        Admission::Admitted
    }

    /// Takes a place even beyond the bound, for a worker that must not wait for itself.
    pub(super) fn enter_anyway(&self) -> Admission {
        let mut inside = self.inside.lock();
        if inside.closed {
            return Admission::Closed;
        }
        inside.taken += 1;
        Admission::Admitted
    }

    /// Gives a place back.
    pub(super) fn leave(&self) {
        self.inside.lock().taken -= 1;
        self.freed.notify_one();
    }

    /// Lets in nobody any more and sends everybody away who waits.
    pub(super) fn close(&self) {
        self.inside.lock().closed = true;
        self.freed.notify_all();
    }
}

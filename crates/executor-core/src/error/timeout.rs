use std::fmt;

/// The time was up before everything awaited had finished. Nothing changed: ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeoutError {
    unfinished: usize,
    total: usize,
}

impl TimeoutError {
    pub(crate) fn new(unfinished: usize, total: usize) -> Self {
        Self { unfinished, total }
    }

    /// How many of the awaited futures had not finished.
    pub fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// How many futures were awaited.
    pub fn total(&self) -> usize {
        self.total
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unfinished, total } = self;
        write!(
            f,
            "{unfinished} of {total} futures had not finished when the time was up; they go on, so wait again, or cancel them"
        )
    }
}

impl std::error::Error for TimeoutError {}

/// A [`TimeoutError`] that hands back what was being waited with.
pub struct TimedOut<F> {
    future: F,
}

impl<F> TimedOut<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future }
    }

    /// The handle, to wait with again, to cancel or to drop.
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F> fmt::Debug for TimedOut<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimedOut { .. }")
    }
}

impl<F> fmt::Display for TimedOut<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&TimeoutError::new(1, 1), f)
    }
}

impl<F> std::error::Error for TimedOut<F> {}

use std::collections::VecDeque;
use std::vec;

use crate::error::TaskError;

use super::batch::Batch;
use super::remainder::Remainder;

/// A batch that is being handed out, item by item.
pub(super) struct HandOut<R> {
    results: Remainder<vec::IntoIter<R>>,
    errors: VecDeque<(usize, TaskError)>,
    /// The number of the next item.
    at: usize,
    /// The number of the next item that has an error; beyond all if none has.
    error_at: usize,
}

impl<R> HandOut<R> {
    pub(super) fn nothing() -> Self {
        Self {
            results: Remainder::new(Vec::new().into_iter()),
            errors: VecDeque::new(),
            at: 0,
            error_at: usize::MAX,
        }
    }

    pub(super) fn of(batch: Batch<R>) -> Self {
        let Batch { results, errors, .. } = batch;
        let error_at = next_error(&errors);
        Self { results, errors, at: 0, error_at }
    }

    /// The next item's result.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Result<R, TaskError>> {
        if self.at == self.error_at {
            return self.next_error();
        }
        self.at += 1;
        self.results.next().map(Ok)
    }

    #[cold]
    fn next_error(&mut self) -> Option<Result<R, TaskError>> {
        let (_, error) = self.errors.pop_front()?;
        self.error_at = next_error(&self.errors);
        self.at += 1;
        Some(Err(error))
    }

    pub(super) fn len(&self) -> usize {
        self.results.len() + self.errors.len()
    }
}

fn next_error(errors: &VecDeque<(usize, TaskError)>) -> usize {
    errors.front().map_or(usize::MAX, |(at, _)| *at)
}

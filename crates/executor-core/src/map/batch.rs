use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::vec;

use crate::error::TaskError;
use crate::panic;

use super::items::Items;
use super::remainder::Remainder;

/// Some consecutive items of a map on their way to a worker.
pub(crate) struct Chunk<F, A> {
    pub(super) f: Arc<F>,
    pub(super) items: Items<A>,
    /// Set when nobody wants the results any more.
    pub(super) stop: Arc<AtomicBool>,
}

/// What came of a chunk, and how long it took. Errors are few, and apart, so that results need no
/// room to say that they are none.
#[derive(Debug)]
pub(crate) struct Batch<R> {
    pub(super) results: Remainder<vec::IntoIter<R>>,
    /// Each with the number of its item in the chunk.
    pub(super) errors: VecDeque<(usize, TaskError)>,
    pub(super) spent: Duration,
    /// A shutdown has left out the items behind these.
    pub(super) cut: bool,
}

impl<R> Batch<R> {
    pub(crate) fn new(
        results: Vec<R>,
        errors: VecDeque<(usize, TaskError)>,
        spent: Duration,
        cut: bool,
    ) -> Self {
        Self { results: Remainder::new(results.into_iter()), errors, spent, cut }
    }

    /// How many items it answers.
    pub(super) fn len(&self) -> usize {
        self.results.len() + self.errors.len()
    }
}

impl<F, A> Chunk<F, A> {
    /// The function, for an executor that runs it elsewhere.
    pub(crate) fn function(&self) -> &F {
        &self.f
    }

    /// The items, for an executor that runs them elsewhere.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = A> {
        self.items.drain()
    }

    /// How many items it has.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// What calls the function on every item. A panic is that item's error, and the next one
    /// follows.
    pub(crate) fn into_task<R>(self) -> impl FnOnce() -> Batch<R>
    where
        F: Fn(A) -> R,
    {
        // Allocated by who will free it, as a stash does for the items.
        let results = Vec::with_capacity(self.items.len());
        move || self.run(results)
    }

    fn run<R>(mut self, mut results: Vec<R>) -> Batch<R>
    where
        F: Fn(A) -> R,
    {
        let begun = Instant::now();
        let mut errors = VecDeque::new();
        let mut items = self.items.drain();
        // One net under the whole loop costs nothing per item; a panic only starts the loop again.
        while let Err(error) = panic::catch(|| {
            for item in items.by_ref() {
                // Relaxed: a wish; whoever sets it does not rely on when it is seen.
                if self.stop.load(Relaxed) {
                    break;
                }
                results.push((self.f)(item));
            }
        }) {
            errors.push_back((results.len() + errors.len(), error));
        }
        drop(items);
        Batch::new(results, errors, begun.elapsed(), false)
    }
}

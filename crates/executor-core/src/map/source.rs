use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::future::Future;

use super::batch::{Batch, Chunk};

/// Where the items of a map come from and where they go, whatever their type.
pub(crate) trait Feed<R>: Send {
    /// Pulls up to `n` items and starts them; how many those were.
    fn pull(&mut self, n: usize) -> Option<(usize, Future<Batch<R>>)>;

    /// How many items remain, as far as the source says.
    fn size_hint(&self) -> (usize, Option<usize>);

    /// Nobody wants the results any more: what has not begun need not.
    fn stop(&self);
}

/// A source of items with the function for them and a way to start a chunk.
pub(crate) struct Source<I, F, S> {
    items: Option<I>,
    f: Arc<F>,
    start: S,
    stop: Arc<AtomicBool>,
}

impl<I, F, S> Source<I, F, S> {
    pub(crate) fn new(items: I, f: F, start: S) -> Self {
        Self { items: Some(items), f: Arc::new(f), start, stop: Arc::default() }
    }
}

impl<I, F, S, R> Feed<R> for Source<I, F, S>
where
    I: Iterator + Send,
    F: Fn(I::Item) -> R + Send + Sync,
    S: FnMut(Chunk<F, I::Item>) -> Future<Batch<R>> + Send,
{
    fn pull(&mut self, n: usize) -> Option<(usize, Future<Batch<R>>)> {
        let source = self.items.as_mut()?;
        let mut items = Vec::with_capacity(n.min(source.size_hint().1.unwrap_or(n)));
        items.extend(source.by_ref().take(n));
        let pulled = items.len();
        if pulled < n {
            // A source that has ended is not asked again, and what it holds is let go.
            self.items = None;
        }
        if pulled == 0 {
            return None;
        }
        let chunk = Chunk { f: Arc::clone(&self.f), items, stop: Arc::clone(&self.stop) };
        Some((pulled, (self.start)(chunk)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }

    fn stop(&self) {
        self.stop.store(true, Relaxed);
    }
}

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use crate::future::Future;

use super::batch::{Batch, Chunk};
use super::items::Stash;

/// Where the items of a map come from and where they go, whatever their type.
pub(crate) trait Feed<R>: Send {
    /// Pulls up to `n` items and holds them as the next chunk; how many those were, zero at the
    /// end.
    fn pull(&mut self, n: usize) -> usize;

    /// A chunk is held that has not been started.
    fn holds(&self) -> bool;

    /// Starts the chunk that is held; `None`: the executor has no place for it, and it is held on.
    fn start(&mut self, patience: Patience) -> Option<Future<Batch<R>>>;

    /// How many items remain in the source, as far as it says.
    fn size_hint(&self) -> (usize, Option<usize>);

    /// Nobody wants the results any more: what has not begun need not.
    fn stop(&self);
}

/// How long to wait for a place in the queue of an executor.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    /// Not at all.
    Never,
    /// Until a deadline, or for ever.
    Until(Option<Instant>),
    /// Not at all, and go over the bound if need be.
    Anyway,
}

/// A source of items with the function for them and a way to start a chunk.
pub(crate) struct Source<I: Iterator, F, S> {
    items: Option<I>,
    f: Arc<F>,
    start: S,
    pulled: Vec<I::Item>,
    held: Option<Chunk<F, I::Item>>,
    stop: Arc<AtomicBool>,
    stash: Stash<I::Item>,
}

impl<I: Iterator, F, S> Source<I, F, S> {
    pub(crate) fn new(items: I, f: F, start: S) -> Self {
        Self {
            items: Some(items),
            f: Arc::new(f),
            start,
            pulled: Vec::new(),
            held: None,
            stop: Arc::default(),
            stash: Stash::new(),
        }
    }
}

impl<I, F, S, R> Feed<R> for Source<I, F, S>
where
    I: Iterator<Item: Send> + Send,
    F: Fn(I::Item) -> R + Send + Sync,
    S: FnMut(Chunk<F, I::Item>, Patience) -> Result<Future<Batch<R>>, Chunk<F, I::Item>> + Send,
{
    fn pull(&mut self, n: usize) -> usize {
        let Some(source) = self.items.as_mut() else { return 0 };
        // Kept here while the source runs: if it panics, what it gave before goes on.
        let items = &mut self.pulled;
        let missing = n.saturating_sub(items.len());
        items.reserve(missing.min(source.size_hint().1.unwrap_or(missing)));
        items.extend(source.by_ref().take(missing));
        let pulled = items.len();
        if pulled < n {
            // A source that has ended is not asked again, and what it holds is let go.
            self.items = None;
        }
        if pulled > 0 {
            let items = self.stash.pack(items);
            let (f, stop) = (Arc::clone(&self.f), Arc::clone(&self.stop));
            self.held = Some(Chunk { f, items, stop });
        }
        pulled
    }

    fn holds(&self) -> bool {
        self.held.is_some()
    }

    fn start(&mut self, patience: Patience) -> Option<Future<Batch<R>>> {
        match (self.start)(self.held.take()?, patience) {
            Ok(future) => Some(future),
            Err(chunk) => {
                self.held = Some(chunk);
                None
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }

    fn stop(&self) {
        self.stop.store(true, Relaxed);
    }
}

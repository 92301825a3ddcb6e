use std::sync::{Arc, Mutex};
use std::vec;

use super::remainder::Remainder;

/// The items of a chunk, in a vector that goes back to the stash it came from.
#[derive(Debug)]
pub(super) struct Items<A> {
    items: Vec<A>,
    stash: Stash<A>,
}

/// Emptied vectors for the chunks of a map that follow. A vector that one thread allocates and
/// another frees, time and again, costs more than thousands of tiny items. Nobody waits for the
/// lock, which in a forked process may never be let go: one vector more or less is no matter.
#[derive(Debug)]
pub(super) struct Stash<A>(Arc<Mutex<Vec<Vec<A>>>>);

impl<A> Items<A> {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Takes out one after the other; those left over are dropped with the iterator.
    pub(super) fn drain(&mut self) -> Remainder<vec::Drain<'_, A>> {
        Remainder::new(self.items.drain(..))
    }
}

impl<A> Drop for Items<A> {
    fn drop(&mut self) {
        drop(self.drain());
        if let Ok(mut emptied) = self.stash.0.try_lock() {
            emptied.push(std::mem::take(&mut self.items));
        }
    }
}

impl<A> Stash<A> {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// Makes the contents of a vector a chunk's, and leaves an empty one in its place.
    pub(super) fn pack(&self, items: &mut Vec<A>) -> Items<A> {
        let emptied = self.0.try_lock().ok().and_then(|mut emptied| emptied.pop());
        let items = std::mem::replace(items, emptied.unwrap_or_default());
        Items { items, stash: Self(Arc::clone(&self.0)) }
    }
}

#[cfg(test)]
mod tests;

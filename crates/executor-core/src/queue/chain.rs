//! A first-in-first-out queue that any thread pushes to and pops from: blocks in a chain, each with
//! places for some entries. Pushes and pops are linearizable, and one entry is taken at a time, so
//! entries leave in the order in which they came.
//!
//! A block that was emptied is used again by who pushes: it is emptied by one thread and was
//! allocated by another, and the two would meet at the allocator's lock.
//!
//! ```text
//!    head                                        tail
//!     │                                           │
//!     ▼                                           ▼
//!  ┌───────┐ next ┌───────┐ next         next ┌───────┐
//!  │ block ├─────▶│ block ├─────▶  ...  ─────▶│ block │      spares: emptied blocks
//!  └───────┘      └───────┘                   └───────┘
//! ```
//!
//! Each end has a count and a block. A count goes through the places of its block, and then through
//! one more, which stands for the way to the next block; whoever took the last place goes it, and
//! all others wait meanwhile.
//!
//! ```text
//! push: claim a place of the tail's count            pop: claim a place of the head's count,
//!       the last one: link the next block, move on        unless it is the tail's
//!       place = entry                                      the last one: move on to the next block
//!                                                          wait for the entry, place = empty
//!                                                          emptied + 1; was it the last? reuse
//! ```
//!
//! Rules:
//! - Q1. A claim is a compare-and-swap of a count, and counts never come again. The block of an end
//!   changes only while its count is on the way. So the block that was read after a count is the
//!   one of the claimed place, if the swap succeeds.
//! - Q2. A block is in use until each of its places was claimed by a pop and `emptied` counts them
//!   all; so whoever has claimed a place may use its block until it has put the entry there, or has
//!   counted it as emptied. Who counts the last one has the block alone.
//! - Q3. An entry is put into a place by the push that claimed it, and taken out by the pop that
//!   did.
//! - Q4. A block was made by `Box`. A spare is empty, without a successor, and nobody else's.

use std::fmt;
use std::marker::PhantomData;
use std::ptr::{NonNull, null_mut};

use crossbeam_utils::{Backoff, CachePadded};

use crate::primitives::atomic::{AtomicPtr, AtomicUsize, Ordering::*};
use crate::primitives::pause;

use super::entry::Entry;

/// Places in a block.
const PLACES: usize = LAP - 1;
/// Steps of a count from one block to the next: a power of two, so that counts may wrap. So many
/// that a block is a small part of what a task costs the allocator.
const LAP: usize = if cfg!(loom) {
    2
} else if cfg!(shuttle) {
    4
} else {
    256
};
/// Blocks that are kept for pushes.
const SPARES: usize = if cfg!(loom) { 1 } else { 4 };

/// See the file.
pub(super) struct Chain<T: Entry> {
    head: CachePadded<End>,
    tail: CachePadded<End>,
    /// What the tail's count was at some time: pops look here first, for each look at the tail
    /// itself holds up the pushes.
    seen: CachePadded<AtomicUsize>,
    spares: [AtomicPtr<Block>; SPARES],
    holds: PhantomData<T>,
}

struct End {
    count: AtomicUsize,
    block: AtomicPtr<Block>,
}

struct Block {
    places: [AtomicPtr<()>; PLACES],
    next: AtomicPtr<Block>,
    emptied: AtomicUsize,
}

/// A place that the caller has claimed.
struct Claim {
    block: NonNull<Block>,
    place: usize,
}

// SAFETY: entries are `Send`, and go from one thread to one other.
unsafe impl<T: Entry> Send for Chain<T> {}
// SAFETY: as above; nobody looks at an entry in the queue.
unsafe impl<T: Entry> Sync for Chain<T> {}

impl<T: Entry> Chain<T> {
    pub(super) fn new() -> Self {
        let first = Block::new().as_ptr();
        let end =
            || CachePadded::new(End { count: AtomicUsize::new(0), block: AtomicPtr::new(first) });
        Self {
            head: end(),
            tail: end(),
            seen: CachePadded::new(AtomicUsize::new(0)),
            spares: std::array::from_fn(|_| AtomicPtr::new(null_mut())),
            holds: PhantomData,
        }
    }

    pub(super) fn push(&self, entry: T) {
        let mut next = None;
        let claim = self.tail.claim(|count| {
            if count % LAP == PLACES - 1 && next.is_none() {
                // Before the claim: nobody is to wait for an allocation.
                next = Some(self.fresh());
            }
            true
        });
        let Some(claim) = claim else { unreachable!("there is always room") };
        if claim.is_last()
            && let Some(next) = next.take()
        {
            self.tail.move_on(next);
            // Release: partner of the Acquire in `next`.
            claim.block().next.store(next.as_ptr(), Release);
        }
        // Release: partner of the Acquire in `take`.
        claim.place().store(entry.into_raw().as_ptr(), Release);
        if let Some(unused) = next {
            self.keep(unused);
        }
    }

    pub(super) fn pop(&self) -> Option<T> {
        let claim = self.head.claim(|count| self.is_pushed(count))?;
        if claim.is_last() {
            self.head.move_on(claim.next());
        }
        let raw = claim.take();
        // AcqRel: Release for the use of the place, Acquire for that of all others.
        if claim.block().emptied.fetch_add(1, AcqRel) == PLACES - 1 {
            claim.block().reset();
            self.keep(claim.block);
        }
        // SAFETY: Q3.
        Some(unsafe { T::from_raw(raw) })
    }

    /// A push has claimed the place of this count.
    #[inline]
    fn is_pushed(&self, count: usize) -> bool {
        let ahead = |tail: usize| tail.wrapping_sub(count).cast_signed() > 0;
        if ahead(self.seen.load(Relaxed)) {
            return true;
        }
        // Relaxed: a push that happened before is seen, and who sees one waits for its entry.
        let tail = self.tail.count.load(Relaxed);
        self.seen.store(tail, Relaxed);
        ahead(tail)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn len(&self) -> usize {
        // In this order, and Acquire, so that the tail is not seen behind the head.
        let head = self.head.count.load(Acquire);
        let steps = self.tail.count.load(Relaxed).wrapping_sub(head);
        // Without those that lead from one block to the next.
        steps - (head % LAP + steps) / LAP
    }

    /// An empty block.
    fn fresh(&self) -> NonNull<Block> {
        // Acquire: partner of the Release in `keep`.
        let spare = self.spares.iter().find_map(|spare| {
            let there = !spare.load(Relaxed).is_null();
            there.then(|| NonNull::new(spare.swap(null_mut(), Acquire)))?
        });
        spare.unwrap_or_else(Block::new)
    }

    /// Keeps an empty block for later, or frees it.
    fn keep(&self, block: NonNull<Block>) {
        let raw = block.as_ptr();
        let put = |spare: &AtomicPtr<Block>| {
            // Release: partner of the Acquire in `fresh`.
            spare.load(Relaxed).is_null()
                && spare.compare_exchange(null_mut(), raw, Release, Relaxed).is_ok()
        };
        if !self.spares.iter().any(put) {
            // SAFETY: Q4: nobody else has it.
            drop(unsafe { Box::from_raw(raw) });
        }
    }
}

impl End {
    /// Claims the next place, unless the count does not suit; `None`: it does not.
    #[inline]
    fn claim(&self, mut suits: impl FnMut(usize) -> bool) -> Option<Claim> {
        let backoff = Backoff::new();
        loop {
            // Acquire: partner of the Release in `move_on`, for the block.
            let count = self.count.load(Acquire);
            let block = self.block.load(Acquire);
            if count % LAP == PLACES {
                wait(&backoff);
                continue;
            }
            if !suits(count) {
                return None;
            }
            // AcqRel: a claim comes after those before it.
            if self.count.compare_exchange_weak(count, count + 1, AcqRel, Relaxed).is_ok() {
                let block = NonNull::new(block).expect("an end has a block");
                return Some(Claim { block, place: count % LAP });
            }
            keep_away();
        }
    }

    /// Goes the way to the next block, by who has claimed the last place.
    fn move_on(&self, next: NonNull<Block>) {
        // Release: partner of the Acquire in `claim`.
        self.block.store(next.as_ptr(), Release);
        self.count.fetch_add(1, Release);
    }
}

impl Claim {
    fn block(&self) -> &Block {
        // SAFETY: Q1, Q2.
        unsafe { self.block.as_ref() }
    }

    fn place(&self) -> &AtomicPtr<()> {
        &self.block().places[self.place]
    }

    fn is_last(&self) -> bool {
        self.place == PLACES - 1
    }

    /// Waits for the successor of the block.
    fn next(&self) -> NonNull<Block> {
        let backoff = Backoff::new();
        loop {
            if let Some(next) = NonNull::new(self.block().next.load(Acquire)) {
                return next;
            }
            wait(&backoff);
        }
    }

    /// Waits for the entry and takes it out of its place.
    #[inline]
    fn take(&self) -> NonNull<()> {
        let backoff = Backoff::new();
        loop {
            if let Some(entry) = NonNull::new(self.place().load(Acquire)) {
                // Relaxed: ordered by `emptied`.
                self.place().store(null_mut(), Relaxed);
                return entry;
            }
            wait(&backoff);
        }
    }
}

impl Block {
    fn new() -> NonNull<Self> {
        let block = Self {
            places: std::array::from_fn(|_| AtomicPtr::new(null_mut())),
            next: AtomicPtr::new(null_mut()),
            emptied: AtomicUsize::new(0),
        };
        NonNull::from(Box::leak(Box::new(block)))
    }

    /// Makes an emptied block a new one. Its places are empty.
    fn reset(&self) {
        // Relaxed: nobody else has it, and who gets it is told with Release.
        self.next.store(null_mut(), Relaxed);
        self.emptied.store(0, Relaxed);
    }
}

/// Leaves an end to the thread that has just claimed a place of it, for dozens of claims: to hand
/// the end to and fro for each of them would take both threads longer.
fn keep_away() {
    pause(64);
}

/// Waits for another thread that is in the middle of a push or a pop.
fn wait(backoff: &Backoff) {
    #[cfg(not(any(loom, shuttle)))]
    backoff.snooze();
    #[cfg(any(loom, shuttle))]
    {
        let _ = backoff;
        crate::primitives::thread::yield_now();
    }
}

impl<T: Entry> Drop for Chain<T> {
    /// Waits for nobody: a push that a fork has cut off never ends.
    fn drop(&mut self) {
        let mut block = self.head.block.load(Relaxed);
        while !block.is_null() {
            // SAFETY: Q4, and nobody else has the chain.
            let whole = unsafe { Box::from_raw(block) };
            block = whole.next.load(Relaxed);
            let raws = whole.places.iter().map(|place| place.load(Relaxed));
            for raw in raws.filter_map(NonNull::new) {
                // SAFETY: Q3: there is nobody to pop it.
                drop(unsafe { T::from_raw(raw) });
            }
        }
        for spare in self.spares.iter().map(|spare| spare.load(Relaxed)) {
            if !spare.is_null() {
                // SAFETY: Q4.
                drop(unsafe { Box::from_raw(spare) });
            }
        }
    }
}

impl<T: Entry> fmt::Debug for Chain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain of {} entries", self.len())
    }
}

#[cfg(all(test, loom))]
mod loom_tests;

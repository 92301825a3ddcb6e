//! The global queue of a pool: first in, first out, and without dead entries piling up.
//!
//! A task that is cancelled, or run in place by somebody who waits for it, leaves a dead entry
//! behind. While all workers are busy nobody pops it, so once dead entries are the majority they
//! are swept out: whoever made the last one takes everything out of the chain, and what is
//! still alive goes into a second one, the *front*, from which workers then take first.
//!
//! A worker must not take a younger entry while an older one is on its way to the front. So each
//! worker says when it pops, and the sweeper waits for those who do:
//!
//! ```text
//! worker                                  sweeper, holding the lock of the front
//! 1  popping = true                       a  aside = true
//! 2  SeqCst fence                         b  SeqCst fence
//! 3  aside?                               c  wait until no worker is popping
//!    no:  pop; popping = false            d  move entries
//!    yes: popping = false; pop under
//!         the lock, the front first
//! ```
//!
//! Either 2 comes before b, and c waits until that worker has its entry; or b comes before 2, and 3
//! sends the worker to the lock. There is no third case.
//!
//! `aside` stays true until the front has been found empty under its lock. While it is true the
//! queue does not count as empty, so no worker falls asleep over an entry that is on its way.

use std::collections::VecDeque;
use std::sync::Arc;

use crossbeam_utils::CachePadded;

use crate::primitives::atomic::{AtomicBool, AtomicIsize, Ordering::*, fence};
use crate::primitives::{Mutex, thread};

#[cfg(not(loom))]
use super::chain::Chain;
use super::entry::Entry;
#[cfg(loom)]
use super::model::Chain;

#[derive(Debug)]
pub(crate) struct Fifo<T: Entry> {
    chain: Chain<T>,
    /// Look at the front first.
    aside: AtomicBool,
    front: Mutex<VecDeque<T>>,
    /// How many entries are known to be dead. Below zero for a moment when a worker pops one before
    /// it is known.
    dead: AtomicIsize,
    poppers: Mutex<Vec<Arc<Flag>>>,
}

/// Set while its worker takes an entry from the chain.
type Flag = CachePadded<AtomicBool>;

/// The right of one worker to pop.
#[derive(Debug)]
pub(crate) struct Popper {
    popping: Arc<Flag>,
}

/// Fewer dead entries than this are not worth a sweep.
const FEW: isize = if cfg!(any(loom, shuttle)) { 1 } else { 256 };

impl<T: Entry> Fifo<T> {
    pub(crate) fn new() -> Self {
        Self {
            chain: Chain::new(),
            aside: AtomicBool::new(false),
            front: Mutex::new(VecDeque::new()),
            dead: AtomicIsize::new(0),
            poppers: Mutex::new(Vec::new()),
        }
    }

    #[inline]
    pub(crate) fn push(&self, entry: T) {
        self.chain.push(entry);
    }

    /// Admits a worker.
    pub(crate) fn popper(&self) -> Popper {
        let popping = Arc::new(CachePadded::new(AtomicBool::new(false)));
        self.poppers.lock().push(Arc::clone(&popping));
        Popper { popping }
    }

    /// A worker ends.
    pub(crate) fn dismiss(&self, popper: &Popper) {
        self.poppers.lock().retain(|flag| !Arc::ptr_eq(flag, &popper.popping));
    }

    /// Takes the oldest entry.
    #[inline]
    pub(crate) fn pop(&self, popper: &Popper) -> Option<T> {
        popper.popping.store(true, Relaxed);
        fence(SeqCst);
        if self.aside.load(Acquire) {
            popper.popping.store(false, Release);
            return self.pop_aside();
        }
        let entry = self.chain.pop();
        // Release: partner of the Acquire in `sweep`.
        popper.popping.store(false, Release);
        entry
    }

    /// Takes the oldest entry on behalf of nobody in particular.
    pub(crate) fn pop_aside(&self) -> Option<T> {
        let mut front = self.front.lock();
        let oldest = front.pop_front();
        if oldest.is_some() {
            return oldest;
        }
        // Release: who sees it false sees the front empty.
        self.aside.store(false, Release);
        self.chain.pop()
    }

    pub(crate) fn is_empty(&self) -> bool {
        // In this order: who finds the chain empty because its entries are on their way to the
        // front then sees `aside`, which was true before the first of them left.
        self.chain.is_empty() && !self.aside.load(Acquire)
    }

    /// How many entries wait that are not known to be dead.
    pub(crate) fn alive(&self) -> usize {
        let all = self.front.lock().len() + self.chain.len();
        all.saturating_sub(self.dead())
    }

    fn dead(&self) -> usize {
        usize::try_from(self.dead.load(Relaxed)).unwrap_or(0)
    }

    /// An entry that is dead has been popped.
    pub(crate) fn bury(&self) {
        self.dead.fetch_sub(1, Relaxed);
    }

    /// One more entry is dead. Returns what is swept out, which the caller drops when it holds no
    /// lock, because that may run code of a user.
    #[must_use]
    pub(crate) fn kill(&self, alive: impl Fn(&T) -> bool) -> Vec<T> {
        if self.dead.fetch_add(1, Relaxed) < FEW { Vec::new() } else { self.sweep(alive) }
    }

    /// Sweeps if at least half of the entries are dead, so that each pays for its own removal.
    fn sweep(&self, alive: impl Fn(&T) -> bool) -> Vec<T> {
        let mut front = self.front.lock();
        if self.dead() < (front.len() + self.chain.len()) / 2 {
            return Vec::new();
        }
        self.aside.store(true, Release);
        fence(SeqCst);
        for popping in &*self.poppers.lock() {
            // Acquire: partner of the Release in `pop`.
            while popping.load(Acquire) {
                thread::yield_now();
            }
        }
        let mut entries = std::mem::take(&mut *front);
        // What is pushed from now on stays where it is: it is younger.
        for _ in 0..self.chain.len() {
            entries.extend(self.chain.pop());
        }
        let (kept, swept): (VecDeque<T>, VecDeque<T>) = entries.into_iter().partition(alive);
        *front = kept;
        self.dead.fetch_sub(swept.len().cast_signed(), Relaxed);
        swept.into()
    }
}

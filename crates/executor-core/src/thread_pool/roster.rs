use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crossbeam_utils::CachePadded;
use slab::Slab;

use crate::future::waits;
use crate::primitives::thread;

/// Who works in a pool. The place of a worker in it is the number in its name.
#[derive(Debug, Default)]
pub(super) struct Roster {
    workers: Slab<Arc<Record>>,
    /// Threads that have been started and not joined.
    pub(super) threads: Vec<thread::JoinHandle<()>>,
    /// Somebody is joining threads, which are not in the list meanwhile.
    pub(super) joining: bool,
    /// Threads that are about to be started.
    pub(super) starting: usize,
    /// Workers that wait for the end of the others, inside a task that shuts the pool down.
    pub(super) closing: Vec<(u64, thread::Thread)>,
    /// What workers did that have left.
    past: Tally,
}

/// What one worker has done. Only that worker writes it.
#[derive(Debug)]
pub(super) struct Record {
    /// A number that no other thread of this program has or will have.
    pub(super) id: u64,
    counts: CachePadded<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU64,
    finished: AtomicU64,
}

/// Tasks begun and finished.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) begun: u64,
    pub(super) finished: u64,
}

impl Record {
    fn new() -> Self {
        Self { id: waits::new_id(), counts: CachePadded::default() }
    }

    /// Counts a task that begins.
    #[inline]
    pub(super) fn begin(&self) {
        bump(&self.counts.begun);
    }

    /// Counts a task that has run; before its future says so, so that who sees it done sees it
    /// counted.
    #[inline]
    pub(super) fn finish(&self) {
        bump(&self.counts.finished);
    }

    fn tally(&self) -> Tally {
        // In this order, so that no more seem finished than begun.
        let finished = self.counts.finished.load(Relaxed);
        Tally { finished, begun: self.counts.begun.load(Relaxed) }
    }
}

/// Adds one where nobody else writes. Relaxed: a figure to look at.
fn bump(count: &AtomicU64) {
    count.store(count.load(Relaxed) + 1, Relaxed);
}

impl Roster {
    /// Makes a place for a worker that is about to start.
    pub(super) fn enlist(&mut self) -> (usize, Arc<Record>) {
        let record = Arc::new(Record::new());
        self.starting += 1;
        // Threads that ended long ago need no joining at the shutdown.
        #[cfg(not(shuttle))]
        self.threads.retain(|thread| !thread.is_finished());
        (self.workers.insert(Arc::clone(&record)), record)
    }

    /// A worker has left, or could not start.
    pub(super) fn dismiss(&mut self, index: usize) {
        let done = self.workers.remove(index).tally();
        self.past.begun += done.begun;
        self.past.finished += done.finished;
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = u64> {
        self.workers.iter().map(|(_, record)| record.id)
    }

    pub(super) fn tally(&self) -> Tally {
        self.workers.iter().fold(self.past, |sum, (_, record)| {
            let done = record.tally();
            Tally { begun: sum.begun + done.begun, finished: sum.finished + done.finished }
        })
    }
}

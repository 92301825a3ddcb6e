//! The word that says who owns a frame that was sent to a worker: the program or the worker.
//!
//! ```text
//!        begin             advance              finish
//! SENT ────────▶ BEGUN(0) ────────▶ BEGUN(k) ───────────▶ DONE
//!   │               │                  │
//!   │ revoke, stop  │ stop             │ stop
//!   ├───────────────┴──────────────────┴──▶ REVOKED
//!   │               │ condemn          │ condemn
//!   └               └──────────────────┴──▶ CONDEMNED
//! ```
//!
//! The upper row is the worker's, the lower rows are the program's, and every step is one
//! compare-exchange: exactly one of them gets a frame. REVOKED means that the worker passes over
//! the frame, or over the items after BEGUN(k). CONDEMNED means that the worker is about to be
//! killed because of this frame, and must not begin another.
//!
//! The word carries the frame's number, so that a worker that comes to a frame late, when its place
//! has been given to another frame, cannot take the one for the other.
//!
//! Memory order: what the worker does to a frame after BEGUN needs nothing from the word, as the
//! frame came through a pipe. An item's reply is published before the step to the next item
//! (Release), and the program reads the word (Acquire) before it looks at the replies of a worker
//! that has died: it sees every reply but that of item k.

use crate::primitives::atomic::{AtomicU64, Ordering::*};

/// The word; see the file.
#[derive(Debug)]
pub(crate) struct Claim(AtomicU64);

/// How far a frame has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The worker has not begun it.
    Sent,
    /// The worker runs this item of it.
    Begun(u32),
    /// All its items have been answered.
    Done,
    /// The program took it back.
    Revoked,
    /// The worker is killed because of this item of it.
    Condemned(u32),
    /// The word speaks of another frame.
    Foreign,
}

/// What a worker may do next.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Go on.
    On,
    /// Leave the rest of the frame, and go on to the next one.
    Leave,
    /// Do nothing any more.
    Halt,
}

const SENT: u64 = 0;
const BEGUN: u64 = 1;
const DONE: u64 = 2;
const REVOKED: u64 = 3;
const CONDEMNED: u64 = 4;

const STATE_BITS: u32 = 3;
const ITEM_BITS: u32 = 29;
const STATE: u64 = (1 << STATE_BITS) - 1;
const ITEM: u64 = (1 << ITEM_BITS) - 1;
const SEQ_AT: u32 = STATE_BITS + ITEM_BITS;

/// The most items that a frame can have.
pub(crate) const MOST_ITEMS: u32 = (1 << ITEM_BITS) - 1;

fn word(seq: u32, item: u32, state: u64) -> u64 {
    u64::from(seq) << SEQ_AT | (u64::from(item) & ITEM) << STATE_BITS | state
}

fn seq_of(word: u64) -> u32 {
    (word >> SEQ_AT) as u32
}

fn item_of(word: u64) -> u32 {
    ((word >> STATE_BITS) & ITEM) as u32
}

fn told(word: u64) -> Progress {
    match word & STATE {
        SENT => Progress::Sent,
        BEGUN => Progress::Begun(item_of(word)),
        DONE => Progress::Done,
        REVOKED => Progress::Revoked,
        _ => Progress::Condemned(item_of(word)),
    }
}

impl Claim {
    /// A word that speaks of no frame; the same as zeroed memory.
    #[cfg(any(test, loom))]
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// The program is about to send frame `seq`.
    pub(crate) fn offer(&self, seq: u32) {
        let new = word(seq, 0, SENT);
        #[cfg(not(loom))]
        self.0.store(new, Release);
        // A word has one order of changes, and a worker that finishes the frame before comes first
        // in it or fails. loom knows that of two exchanges, but not of an exchange and a store.
        #[cfg(loom)]
        self.0.swap(new, Release);
    }

    /// The program takes the frame back if the worker has not begun it.
    pub(crate) fn revoke(&self, seq: u32) -> bool {
        self.0.compare_exchange(word(seq, 0, SENT), word(seq, 0, REVOKED), AcqRel, Acquire).is_ok()
    }

    /// The program wants no more of the frame; returns how far it had come: SENT, or BEGUN with the
    /// item that goes on to its end. `None`: it is done.
    pub(crate) fn stop(&self, seq: u32) -> Option<Progress> {
        let mut now = self.0.load(Acquire);
        while seq_of(now) == seq && matches!(now & STATE, SENT | BEGUN) {
            let next = word(seq, item_of(now), REVOKED);
            match self.0.compare_exchange_weak(now, next, AcqRel, Acquire) {
                Ok(_) => return Some(told(now)),
                Err(seen) => now = seen,
            }
        }
        None
    }

    /// The program decides to kill the worker for this item of the frame; false: it does not run
    /// any more.
    pub(crate) fn condemn(&self, seq: u32, item: u32) -> bool {
        let (from, to) = (word(seq, item, BEGUN), word(seq, item, CONDEMNED));
        self.0.compare_exchange(from, to, AcqRel, Acquire).is_ok()
    }

    /// How far frame `seq` has come.
    pub(crate) fn progress(&self, seq: u32) -> Progress {
        let now = self.0.load(Acquire);
        if seq_of(now) != seq {
            return Progress::Foreign;
        }
        told(now)
    }

    /// The worker begins item `item` of the frame; the item before it has been answered.
    pub(crate) fn begin(&self, seq: u32, item: u32) -> Step {
        let from = if item == 0 { word(seq, 0, SENT) } else { word(seq, item - 1, BEGUN) };
        self.step(from, word(seq, item, BEGUN))
    }

    /// The worker has answered the last item of the frame.
    pub(crate) fn finish(&self, seq: u32, item: u32) -> Step {
        self.step(word(seq, item, BEGUN), word(seq, item, DONE))
    }

    fn step(&self, from: u64, to: u64) -> Step {
        match self.0.compare_exchange(from, to, AcqRel, Acquire) {
            Ok(_) => Step::On,
            Err(seen) if seq_of(seen) == seq_of(from) && seen & STATE == CONDEMNED => Step::Halt,
            Err(_) => Step::Leave,
        }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

//! The word that says how far a task has come.
//!
//! ```text
//!            start                 finish                 release
//! PENDING ──────────▶ RUNNING ──────────────▶ FINISHED ───────────▶ FINISHED|RELEASED
//!    │                   ▲                        ▲
//!    │ cancel            └ set_running            │ finish
//!    └─────────────▶ CANCELLED ───────────────────┘
//! ```
//!
//! PENDING is the absence of the other bits. Between FINISHED and RELEASED the callbacks run; only
//! then are the waiters let go. A task without listeners goes through both in one step.
//! Nothing leaves RELEASED, and CANCELLED excludes RUNNING.
//!
//! Besides its life the word says who still refers to the memory (TASK, HANDLE, WATCH), and whether
//! anybody asked to be told (LISTENED), so that the common end of a task is one operation.
//!
//! Memory order: FINISHED is set with Release after the outcome was written, and read with Acquire
//! before the outcome is. Dropping a reference is AcqRel, so that the last one sees all that the
//! others did before it frees the memory.

use std::fmt;

use crate::primitives::atomic::{AtomicU32, Ordering::*};

/// Somebody owns the work and runs it. Set by `start`, cleared by `finish`.
const RUNNING: u32 = 1 << 0;
/// The work will never run. Set once, by `cancel`, only from PENDING.
const CANCELLED: u32 = 1 << 1;
/// The outcome has been written and never changes again.
const FINISHED: u32 = 1 << 2;
/// The callbacks have run; the outcome may be moved out.
const RELEASED: u32 = 1 << 3;
/// The outcome is an error. Set together with FINISHED.
const FAILED: u32 = 1 << 4;
/// Somebody is, or was, in the list of listeners. Never cleared.
const LISTENED: u32 = 1 << 5;
/// The outcome has been moved out, through the handle.
const TAKEN: u32 = 1 << 6;
/// The executor's side refers to the memory: a queue, a worker or a promise.
pub(super) const TASK: u32 = 1 << 7;
/// The user's side refers to the memory: the future.
pub(super) const HANDLE: u32 = 1 << 8;
/// A scope refers to the memory, to see the task out before what it borrows goes.
pub(super) const WATCH: u32 = 1 << 9;
/// The task runs in another process, and only its executor knows how far it has come. Set at birth.
pub(super) const REMOTE: u32 = 1 << 10;
/// The memory was not cut from a block, but is the task's own. Set at birth; so the word of most
/// tasks begins as TASK and HANDLE, and nothing else.
pub(super) const ALONE: u32 = 1 << 11;
/// Everybody who may refer to the memory.
const ANYBODY: u32 = TASK | HANDLE | WATCH;

/// How far a task has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FutureState {
    /// Not begun; it can be cancelled.
    Pending,
    /// Begun.
    Running,
    /// It returned or failed.
    Finished,
    /// It was cancelled before it began, and never runs.
    Cancelled,
}

/// The word.
#[derive(Debug)]
pub(super) struct State(AtomicU32);

/// What the word said at one moment.
#[derive(Clone, Copy)]
pub(super) struct Snapshot(u32);

/// What became of an attempt to cancel.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cancel {
    /// The caller cancelled it, and must now finish it.
    Won,
    /// Somebody else cancelled it before.
    Already,
    /// It runs or has finished.
    TooLate,
}

impl State {
    /// A pending task to which these sides refer, REMOTE and ALONE or not.
    pub(super) fn new(sides: u32) -> Self {
        Self(AtomicU32::new(sides))
    }

    /// Acquire: whoever sees FINISHED also sees the outcome.
    #[inline]
    pub(super) fn load(&self) -> Snapshot {
        Snapshot(self.0.load(Acquire))
    }

    /// PENDING → RUNNING; false: somebody else was first. Acquire is for the work, which a
    /// canceller never touches once this has succeeded.
    #[inline]
    #[must_use]
    pub(super) fn start(&self) -> bool {
        let mut now = TASK | HANDLE;
        loop {
            match self.0.compare_exchange_weak(now, now | RUNNING, AcqRel, Acquire) {
                Ok(_) => return true,
                Err(seen) if seen & (RUNNING | CANCELLED | FINISHED) != 0 => return false,
                Err(seen) => now = seen,
            }
        }
    }

    /// PENDING → CANCELLED.
    pub(super) fn cancel(&self) -> Cancel {
        let mut now = self.0.load(Acquire);
        loop {
            if now & CANCELLED != 0 {
                return Cancel::Already;
            }
            if now & (RUNNING | FINISHED) != 0 {
                return Cancel::TooLate;
            }
            match self.0.compare_exchange_weak(now, now | CANCELLED, AcqRel, Acquire) {
                Ok(_) => return Cancel::Won,
                Err(seen) => now = seen,
            }
        }
    }

    /// Ends a task that nobody listens to: FINISHED and RELEASED at once, giving up the references
    /// in `drops`. Returns the word after it, or `None` when there are listeners to serve first.
    #[inline]
    pub(super) fn finish_unheard(&self, failed: bool, drops: u32) -> Option<Snapshot> {
        let mut now = self.0.load(Relaxed);
        while now & LISTENED == 0 {
            let next = ended(now, failed) | RELEASED;
            let next = next & !drops;
            // AcqRel: Release for the outcome; Acquire as the last reference may free the memory.
            match self.0.compare_exchange_weak(now, next, AcqRel, Relaxed) {
                Ok(_) => return Some(Snapshot(next)),
                Err(seen) => now = seen,
            }
        }
        None
    }

    /// RUNNING or CANCELLED → FINISHED, before the callbacks; Release for the outcome.
    pub(super) fn finish(&self, failed: bool) {
        let mut now = self.0.load(Relaxed);
        while let Err(seen) = self.0.compare_exchange_weak(now, ended(now, failed), AcqRel, Relaxed)
        {
            now = seen;
        }
    }

    /// FINISHED → RELEASED, after the callbacks; Release so that a waiter sees what they did.
    pub(super) fn release(&self) {
        self.0.fetch_or(RELEASED, AcqRel);
    }

    /// Announces a listener, under the lock of the list; returns the word before it. AcqRel: either
    /// this sees FINISHED, or `finish_unheard` sees LISTENED and takes that lock.
    pub(super) fn listen(&self) -> Snapshot {
        Snapshot(self.0.fetch_or(LISTENED, AcqRel))
    }

    /// Claims the outcome, for one who may move it out; false: it has been claimed before. Once the
    /// others are gone nobody else writes the word, and a plain store will do. AcqRel: who claims
    /// in vain may go on to free what the winner has taken.
    #[inline]
    #[must_use]
    pub(super) fn take(&self) -> bool {
        let now = self.0.load(Relaxed);
        if now & (TASK | WATCH) != 0 {
            return self.0.fetch_or(TAKEN, AcqRel) & TAKEN == 0;
        }
        self.0.store(now | TAKEN, Relaxed);
        now & TAKEN == 0
    }

    /// Gives up a reference; returns the word after it.
    pub(super) fn unref(&self, side: u32) -> Snapshot {
        Snapshot(self.0.fetch_and(!side, AcqRel) & !side)
    }
}

fn ended(word: u32, failed: bool) -> u32 {
    let word = (word & !RUNNING) | FINISHED;
    if failed { word | FAILED } else { word }
}

impl Snapshot {
    pub(super) fn pending(self) -> bool {
        self.0 & (RUNNING | CANCELLED | FINISHED) == 0
    }

    pub(super) fn running(self) -> bool {
        self.0 & RUNNING != 0
    }

    pub(super) fn finished(self) -> bool {
        self.0 & FINISHED != 0
    }

    pub(super) fn failed(self) -> bool {
        self.0 & FAILED != 0
    }

    pub(super) fn released(self) -> bool {
        self.0 & RELEASED != 0
    }

    pub(super) fn listened(self) -> bool {
        self.0 & LISTENED != 0
    }

    pub(super) fn taken(self) -> bool {
        self.0 & TAKEN != 0
    }

    /// The same, but begun: what the executor of a remote task says of it.
    pub(super) fn begun(self) -> Self {
        Self(self.0 | RUNNING)
    }

    /// The task runs in another process.
    pub(super) fn remote(self) -> bool {
        self.0 & REMOTE != 0
    }

    /// The memory is the task's own.
    pub(super) fn alone(self) -> bool {
        self.0 & ALONE != 0
    }

    /// Nobody refers to the memory any more.
    pub(super) fn forsaken(self) -> bool {
        self.0 & ANYBODY == 0
    }

    /// Only the handle refers to the memory.
    pub(super) fn sole_handle(self) -> bool {
        self.0 & ANYBODY == HANDLE
    }

    /// The future has been dropped.
    pub(super) fn handle_gone(self) -> bool {
        self.0 & HANDLE == 0
    }

    pub(super) fn cancelled(self) -> bool {
        self.0 & (CANCELLED | FINISHED) == CANCELLED | FINISHED
    }

    /// Somebody has cancelled it, or is about to have done so.
    pub(super) fn doomed(self) -> bool {
        self.0 & CANCELLED != 0
    }

    /// What the user is told. A cancellation shows once it is complete.
    pub(super) fn told(self) -> FutureState {
        match self {
            s if s.cancelled() => FutureState::Cancelled,
            s if s.finished() => FutureState::Finished,
            s if s.running() => FutureState::Running,
            _ => FutureState::Pending,
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({:#b})", self.told(), self.0)
    }
}

//! Who sleeps, whom to wake, and when to start a thread.
//!
//! One word counts the workers that live, those that *search* (awake, without a task, about to look
//! at the queue), those that *sleep* and those that are *blocked* inside a task. Sleepers also
//! stand in a list, last one on top: it is the warmest.
//!
//! # The protocol
//!
//! ```text
//! submitter                             worker that found the queue empty
//! 1  push the task                      a  searching -> sleeping, enter the list
//! 2  SeqCst fence                       b  SeqCst fence
//! 3  look at the word:                  c  look at the queue once more:
//!    searching > 0: done                   empty: park until called
//!    sleeping  > 0: call the top one       else: leave the list, search again
//!    room to grow: start a thread
//! ```
//!
//! Either 2 comes before b, and c sees the task; or b comes before 2, and 3 sees the worker asleep.
//! There is no third case, so no task is left with a sleeper that could run it.
//!
//! Whoever is called or started counts as searching from that moment, on behalf of the caller. So a
//! submitter that sees somebody search may go: a searcher that finds a task stops searching, and if
//! it was the last one and the queue still holds something, it calls the next. That is the same
//! argument with *stop searching* in the place of a and *look at the queue* in the place of c.
//!
//! A blocked worker does the same: it counts itself as blocked, fences, and looks at the queue; so
//! either it sees a task that needs somebody else, or the submitter of that task sees it blocked.
//!
//! # Growth
//!
//! Up to `max_workers` threads live; beyond that, up to `spares` more, only when every one of them
//! is blocked, or when one needs a task that it has no stack left to run in place. A worker that
//! finds more unblocked workers than `max_workers` after its task retires.

use std::sync::Arc;
use std::time::Instant;

use crossbeam_utils::CachePadded;

use crate::primitives::atomic::{AtomicBool, AtomicU64, Ordering::*, fence};
use crate::primitives::{Mutex, count_awake, park_until, past, thread};

const SEARCHING: u64 = 1;
const SLEEPING: u64 = 1 << 15;
const LIVE: u64 = 1 << 30;
const BLOCKED: u64 = 1 << 45;
const CLOSED: u64 = 1 << 60;
const COUNT: u64 = (1 << 15) - 1;

/// The word of one pool and the list of its sleepers.
#[derive(Debug)]
pub(super) struct Idle {
    word: CachePadded<AtomicU64>,
    sleepers: Mutex<Vec<Arc<Nap>>>,
    max_workers: u64,
    spares: u64,
}

/// Where one worker sleeps.
#[derive(Debug)]
pub(super) struct Nap {
    thread: thread::Thread,
    called: AtomicBool,
}

/// What a submitter learns after its push.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Somebody who is awake will find the task.
    Taken,
    /// Somebody who was asleep has been called.
    Called,
    /// The caller must start a thread, which counts as living and searching already.
    Start,
    /// The pool was closed before the push could be seen: nobody may find the task.
    Closed,
}

/// How a sleep ended.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// The worker counts as searching and looks at the queue.
    Search,
    /// It slept through its keep-alive time and does not count as living any more.
    Leave,
}

/// Who looks for somebody to run a task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// A submitter, whom a closed pool refuses.
    Outside,
    /// A worker, on behalf of what has been accepted.
    Worker,
    /// A worker that needs a task and cannot run it itself.
    InNeed,
}

#[derive(Clone, Copy)]
struct Word(u64);

impl Word {
    fn searching(self) -> u64 {
        self.0 & COUNT
    }
    fn sleeping(self) -> u64 {
        (self.0 / SLEEPING) & COUNT
    }
    fn live(self) -> u64 {
        (self.0 / LIVE) & COUNT
    }
    fn blocked(self) -> u64 {
        (self.0 / BLOCKED) & COUNT
    }
    fn closed(self) -> bool {
        self.0 & CLOSED != 0
    }
}

impl Nap {
    /// For the calling thread.
    pub(super) fn new() -> Self {
        Self { thread: thread::current(), called: AtomicBool::new(false) }
    }
}

impl Idle {
    pub(super) fn new(max_workers: usize, spares: usize) -> Self {
        Self {
            word: CachePadded::new(AtomicU64::new(0)),
            sleepers: Mutex::new(Vec::new()),
            max_workers: max_workers as u64,
            spares: spares as u64,
        }
    }

    fn load(&self) -> Word {
        Word(self.word.load(SeqCst))
    }

    // ---- the submitter's side -----------------------------------------------------------------

    /// Steps 2 and 3 after a push from outside.
    #[inline]
    pub(super) fn pushed(&self) -> Seen {
        fence(SeqCst);
        let word = self.load();
        if word.searching() > 0 && !word.closed() {
            return Seen::Taken;
        }
        self.find_somebody(Caller::Outside)
    }

    /// Steps 2 and 3 by whoever knows that the queue holds something; true: the caller must start a
    /// thread.
    #[must_use]
    pub(super) fn call(&self) -> bool {
        fence(SeqCst);
        self.find_somebody(Caller::Worker) == Seen::Start
    }

    /// Like [`call`](Self::call), but also starts a spare while other workers are unblocked: for a
    /// task that waits for one that it could not run in place.
    #[must_use]
    pub(super) fn call_spare(&self) -> bool {
        fence(SeqCst);
        self.find_somebody(Caller::InNeed) == Seen::Start
    }

    fn find_somebody(&self, caller: Caller) -> Seen {
        loop {
            // One look decides: a pool that closes after it still waits for whom it has counted.
            let word = self.load();
            if caller == Caller::Outside && word.closed() {
                return Seen::Closed;
            }
            if word.searching() > 0 {
                return Seen::Taken;
            }
            if word.sleeping() > 0 {
                if self.wake_one() {
                    return Seen::Called;
                }
            } else if !self.may_grow(word, caller) {
                return Seen::Taken;
            } else if self.replace(word, word.0 + LIVE + SEARCHING) {
                return Seen::Start;
            }
        }
    }

    fn may_grow(&self, word: Word, caller: Caller) -> bool {
        let most = self.max_workers + self.spares;
        let stranded = caller == Caller::InNeed || word.live() == word.blocked();
        word.live() < self.max_workers || (stranded && word.live() < most)
    }

    fn replace(&self, old: Word, new: u64) -> bool {
        self.word.compare_exchange(old.0, new, SeqCst, SeqCst).is_ok()
    }

    fn wake_one(&self) -> bool {
        let mut sleepers = self.sleepers.lock();
        let Some(nap) = sleepers.pop() else {
            return false;
        };
        self.awaken(&nap);
        drop(sleepers);
        nap.thread.unpark();
        true
    }

    /// The sleeper counts as searching; under the lock of the list.
    fn awaken(&self, nap: &Nap) {
        self.word.fetch_sub(SLEEPING - SEARCHING, SeqCst);
        // Release: partner of the Acquire in `rest`.
        nap.called.store(true, Release);
    }

    /// A thread that was to be started could not be; how many live.
    pub(super) fn start_failed(&self) -> usize {
        let before = Word(self.word.fetch_sub(LIVE + SEARCHING, SeqCst));
        // Whoever saw the one that never came went away in its trust.
        fence(SeqCst);
        self.wake_one();
        before.live() as usize - 1
    }

    // ---- the worker's side ----------------------------------------------------------------------

    /// A searcher has found a task; true: it was the last searcher, and must look at the queue.
    #[must_use]
    pub(super) fn found(&self) -> bool {
        let before = Word(self.word.fetch_sub(SEARCHING, SeqCst));
        fence(SeqCst);
        before.searching() == 1
    }

    /// Becomes the searcher, unless there is one: a second would only get in its way.
    #[must_use]
    pub(super) fn search(&self) -> bool {
        let word = self.load();
        word.searching() == 0 && self.replace(word, word.0 + SEARCHING)
    }

    /// Sleeps until called, until there is work, until the pool closes, or until the deadline.
    pub(super) fn rest(
        &self,
        nap: &Arc<Nap>,
        searching: bool,
        work: impl Fn() -> bool,
        deadline: Option<Instant>,
    ) -> Rest {
        let mut sleepers = self.sleepers.lock();
        // Relaxed: whoever sets it does so under this lock.
        nap.called.store(false, Relaxed);
        sleepers.push(Arc::clone(nap));
        let stop = if searching { SEARCHING } else { 0 };
        self.word.fetch_add(SLEEPING - stop, SeqCst);
        drop(sleepers);
        fence(SeqCst);
        if work() || self.load().closed() {
            // If somebody called in the meantime, that one has made this a searcher.
            self.get_up(nap, SLEEPING - SEARCHING);
            return Rest::Search;
        }
        count_awake(false);
        let rest = self.sleep(nap, deadline);
        count_awake(true);
        rest
    }

    fn sleep(&self, nap: &Arc<Nap>, deadline: Option<Instant>) -> Rest {
        loop {
            // Acquire: partner of the Release in `awaken`.
            if nap.called.load(Acquire) {
                return Rest::Search;
            }
            let late = past(deadline);
            if late && self.get_up(nap, SLEEPING + LIVE) {
                return Rest::Leave;
            }
            // Late, but called: the call is a matter of moments.
            park_until(if late { None } else { deadline });
        }
    }

    /// Leaves the list and gives up these counts; false: somebody else took it from the list.
    fn get_up(&self, nap: &Arc<Nap>, counts: u64) -> bool {
        let mut sleepers = self.sleepers.lock();
        let Some(place) = sleepers.iter().rposition(|other| Arc::ptr_eq(other, nap)) else {
            return false;
        };
        sleepers.remove(place);
        self.word.fetch_sub(counts, SeqCst);
        true
    }

    /// A worker ends, because the pool is closed or it cannot serve.
    pub(super) fn leave(&self, searching: bool) {
        let stop = if searching { SEARCHING } else { 0 };
        self.word.fetch_sub(LIVE + stop, SeqCst);
        fence(SeqCst);
    }

    /// More unblocked workers live than were asked for, and the calling one ends; it does not count
    /// as living any more.
    #[inline]
    #[must_use]
    pub(super) fn retire(&self) -> bool {
        loop {
            let word = self.load();
            if word.live() - word.blocked() <= self.max_workers {
                return false;
            }
            if self.replace(word, word.0 - LIVE) {
                return true;
            }
        }
    }

    /// A worker is blocked inside a task.
    pub(super) fn block(&self) {
        self.word.fetch_add(BLOCKED, SeqCst);
        fence(SeqCst);
    }

    /// It is not any more.
    pub(super) fn unblock(&self) {
        self.word.fetch_sub(BLOCKED, SeqCst);
    }

    /// Every worker is blocked.
    pub(super) fn stranded(&self) -> bool {
        let word = self.load();
        word.live() == word.blocked()
    }

    // ---- the pool's side ------------------------------------------------------------------------

    /// Nothing is accepted from now on; everybody asleep gets up, to end.
    pub(super) fn close(&self) {
        self.word.fetch_or(CLOSED, SeqCst);
        fence(SeqCst);
        while self.wake_one() {}
    }

    pub(super) fn closed(&self) -> bool {
        self.load().closed()
    }

    pub(super) fn live(&self) -> usize {
        self.load().live() as usize
    }

    /// Without anything to do: asleep or searching.
    pub(super) fn resting(&self) -> usize {
        let word = self.load();
        (word.sleeping() + word.searching()) as usize
    }
}

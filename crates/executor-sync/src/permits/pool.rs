//! How many permits are free, and who waits for some.
//!
//! # The word
//!
//! The lowest bit is QUEUED, the others count free permits.
//!
//! ```text
//!            take, if there are enough           (count - want, -)
//!  (count, -) ── add ──▶ (count + n, -)
//!  (count, -) ── enqueue, with the queue locked ──▶ (count, QUEUED)
//!  (count, QUEUED) ── add ──▶ (count + n, QUEUED), and the adder hands out
//!  (count, QUEUED) ── hand out, with the queue locked ──▶ (count - head's want, QUEUED)
//!  (count, QUEUED) ── the queue, locked, is empty ──▶ (count, -)
//! ```
//!
//! While QUEUED is set nobody takes from the word but who holds the queue's lock, and that one
//! takes for the head of the queue. So waiters are served strictly in the order they came, no
//! newcomer overtakes them, and a big request at the head is not starved by small ones behind it.
//! While it is not set, nobody looks at the queue.
//!
//! # No permit is lost
//!
//! A waiter that enqueues sets QUEUED and then looks at the count. Every add is one change of the
//! same word. If it comes before QUEUED, the waiter sees its permits; if after, the adder sees
//! QUEUED, locks the queue and hands out. There is no third case.
//!
//! Whether a waiter was granted is decided under the queue's lock, by taking it out of the queue.
//! A waiter that times out or is cancelled takes itself out under the same lock, or finds that it
//! is out: then it holds what it asked for, and keeps it or gives it back.

use crate::deadline::Deadline;
use crate::mutex::Mutex;
use crate::primitives::{Arc, AtomicUsize, Ordering, const_unless_loom};
use crate::raw::backoff::{Backoff, Patience};
use crate::raw::signal::Signal;
use crate::raw::wait_list::{Key, WaitList};
use crate::raw::waiter::{Waiter, WakeList};
use std::mem;
use std::panic::RefUnwindSafe;
use std::task::Waker;

/// Somebody waits; permits are handed out by the queue. Set and cleared with the queue locked.
const QUEUED: usize = 1;
/// One free permit.
const ONE: usize = 2;

/// The most permits there can be. The same number again may be out and come back without the
/// count leaving the word.
pub(crate) const MAX_PERMITS: usize = usize::MAX >> 3;

/// Free permits, and the queue of those that wait for some.
#[derive(Debug)]
pub(crate) struct Pool {
    word: AtomicUsize,
    /// Adding beyond this is refused.
    limit: usize,
    queue: Mutex<WaitList<Request>>,
}

// Wakers run after the queue has been unlocked, so no panic finds it half changed.
impl RefUnwindSafe for Pool {}

#[derive(Debug)]
struct Request {
    want: usize,
    waiter: Waiter,
}

/// What became of a request.
#[must_use]
pub(crate) enum Enqueued {
    /// There were enough after all.
    Granted,
    /// It waits under this key.
    Waiting(Key),
}

impl Pool {
    const_unless_loom! {
        pub(crate) fn new(free: usize, limit: usize) -> Self {
            assert!(free <= MAX_PERMITS, "a semaphore holds at most usize::MAX / 8 permits");
            Self { word: AtomicUsize::new(free * ONE), limit, queue: Mutex::new(WaitList::new()) }
        }
    }

    /// Returns the number of free permits.
    pub(crate) fn free(&self) -> usize {
        self.word.load(Ordering::Relaxed) / ONE
    }

    /// Returns the number of requests in the queue.
    pub(crate) fn queued(&self) -> usize {
        self.queue.lock_soon().len()
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Takes `want` permits if they are free and nobody waits; all or none.
    #[inline]
    pub(crate) fn try_take(&self, want: usize) -> bool {
        let mut backoff = Backoff::new();
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            if word & QUEUED != 0 || word / ONE < want {
                return want == 0;
            }
            // Acquire pairs with the Release of whoever gave the permits back.
            let taken = word - want * ONE;
            match self.word.compare_exchange_weak(word, taken, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => return true,
                Err(_) => {
                    backoff.spin();
                    word = self.word.load(Ordering::Relaxed);
                }
            }
        }
    }

    /// Waits for `want` permits; returns `false`, without any, once the deadline has passed.
    #[inline]
    pub(crate) fn take(&self, want: usize, deadline: Deadline) -> bool {
        self.try_take(want) || (!deadline.is_now() && self.take_slow(want, deadline))
    }

    /// Gives back permits that were taken from here.
    ///
    /// They fit in the word, because that is where they came from. If the limit has been filled
    /// meanwhile by a mistaken `add`, what is beyond it is dropped.
    #[inline]
    pub(crate) fn put_back(&self, count: usize) {
        if self.limit < MAX_PERMITS {
            self.put_back_bounded(count);
            return;
        }
        // Release pairs with the Acquire of whoever takes them.
        if self.word.fetch_add(count * ONE, Ordering::Release) & QUEUED != 0 {
            self.hand_out();
        }
    }

    /// Adds permits; refuses, with the present count, to go beyond the limit.
    pub(crate) fn add(&self, count: usize) -> Result<(), usize> {
        self.update(|free| free.checked_add(count).filter(|&sum| sum <= self.limit).ok_or(free))
    }

    /// Queues for `want` permits behind all that wait.
    pub(crate) fn enqueue(&self, want: usize, waiter: Waiter) -> Enqueued {
        let mut queue = self.queue.lock_soon();
        // Relaxed, as every change of QUEUED: it is read and written in the order of one word.
        self.word.fetch_or(QUEUED, Ordering::Relaxed);
        if queue.is_empty() && self.take_for_head(want) {
            self.word.fetch_and(!QUEUED, Ordering::Relaxed);
            return Enqueued::Granted;
        }
        Enqueued::Waiting(queue.push_back(Request { want, waiter }))
    }

    /// Takes a request out of the queue; `false` if it had already been granted.
    pub(crate) fn withdraw(&self, key: Key) -> bool {
        let mut queue = self.queue.lock_soon();
        let request = queue.remove(key);
        let withdrawn = request.is_some();
        if withdrawn {
            // What the request was too big for may be enough for the next.
            let wakes = self.serve(&mut queue);
            drop(queue);
            drop(wakes);
        }
        withdrawn
    }

    /// Makes `waker` the one to wake for a request; `false` if it has been granted.
    pub(crate) fn renew(&self, key: Key, waker: &Waker) -> bool {
        // Cloned before and dropped after the lock is held: both may be foreign code.
        let mut waiter = Waiter::Task(waker.clone());
        let mut queue = self.queue.lock_soon();
        let waiting = queue.get_mut(key);
        let still_waits = waiting.is_some();
        if let Some(request) = waiting {
            mem::swap(&mut request.waiter, &mut waiter);
        }
        drop(queue);
        still_waits
    }

    #[cold]
    fn take_slow(&self, want: usize, deadline: Deadline) -> bool {
        if self.spin(want) {
            return true;
        }
        let signal = Arc::new(Signal::new());
        match self.enqueue(want, Waiter::Thread(Arc::clone(&signal))) {
            Enqueued::Granted => true,
            Enqueued::Waiting(key) => {
                signal.wait(deadline, Patience::Pause).is_some() || !self.withdraw(key)
            }
        }
    }

    /// Tries for a moment, as long as nobody waits.
    fn spin(&self, want: usize) -> bool {
        let mut backoff = Backoff::new();
        while self.word.load(Ordering::Relaxed) & QUEUED == 0 && backoff.spin() {
            if self.try_take(want) {
                return true;
            }
        }
        false
    }

    #[cold]
    fn put_back_bounded(&self, count: usize) {
        let updated = self.update(|free| Ok((free + count).min(self.limit)));
        debug_assert!(updated.is_ok(), "nothing in the closure refuses");
    }

    /// Changes the count of free permits to a greater one, and hands out if somebody waits.
    #[inline]
    fn update(&self, new: impl Fn(usize) -> Result<usize, usize>) -> Result<(), usize> {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let updated = (new(word / ONE)? * ONE) | (word & QUEUED);
            // Release pairs with the Acquire of whoever takes them.
            match self.word.compare_exchange_weak(
                word,
                updated,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(changed) => word = changed,
            }
        }
        if word & QUEUED != 0 {
            self.hand_out();
        }
        Ok(())
    }

    /// Serves the queue with what is free.
    #[cold]
    fn hand_out(&self) {
        let mut queue = self.queue.lock_soon();
        let wakes = self.serve(&mut queue);
        drop(queue);
        drop(wakes);
    }

    /// Takes permits for those at the head, in order, and takes them out of the queue.
    fn serve(&self, queue: &mut WaitList<Request>) -> WakeList {
        let mut wakes = WakeList::new();
        while let Some(head) = queue.front() {
            if !self.take_for_head(head.want) {
                return wakes;
            }
            wakes.push(queue.pop_front().expect("the head is still there").waiter);
        }
        self.word.fetch_and(!QUEUED, Ordering::Relaxed);
        wakes
    }

    /// Takes permits although QUEUED is set; only for who holds the lock of the queue.
    fn take_for_head(&self, want: usize) -> bool {
        // Acquire pairs with the Release of whoever gave the permits back. Who is granted them
        // comes after this by its signal, or by the queue's lock.
        self.word
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |word| {
                (word / ONE >= want).then(|| word - want * ONE)
            })
            .is_ok()
    }
}

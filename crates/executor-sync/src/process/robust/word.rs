//! The word of a lock whose holder may be killed.
//!
//! The kernel knows it: when a thread ends that holds it, the kernel puts DIED in the place of its
//! number, and wakes one that waits.
//!
//! ```text
//!             ┌───────────────── release, wake one if WAITERS ◀─────────────┐
//!             ▼                                                             │
//!           FREE ── acquire ──▶ (thread, -) ── another waits ──▶ (thread, WAITERS)
//!                                │      ▲                           │       ▲
//!                      the thread ends  │ acquire         the thread ends   │ acquire,
//!                                ▼      │                           ▼       │ or after a sleep
//!                              (DIED, -)                     (DIED, WAITERS)
//! ```
//!
//! Who has slept takes the lock together with WAITERS, because others may sleep still. So does who
//! gives up after a sleep: the wake-up may have been his.
//!
//! A killed thread may have been the one that was woken, and another may have taken the lock
//! without WAITERS meanwhile. Then the rest sleep until the next look of one of them; see `bed`.

use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, Ordering};
use crate::process::bed::Bed;
use crate::raw::backoff::Backoff;

pub(in crate::process) const FREE: u32 = 0;
/// Somebody may sleep. The kernel's FUTEX_WAITERS.
pub(in crate::process) const WAITERS: u32 = 1 << 31;
/// The holder has ended. The kernel's FUTEX_OWNER_DIED.
pub(in crate::process) const DIED: u32 = 1 << 30;
/// The holder's thread, by its number in the system. The kernel's FUTEX_TID_MASK.
pub(in crate::process) const THREAD: u32 = DIED - 1;

/// How the lock was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::process) enum Found {
    Free,
    /// The last holder has died.
    Orphaned,
}

/// Takes the lock if it is free, or the holder has died.
#[inline]
pub(in crate::process) fn try_acquire(word: &AtomicU32, thread: u32) -> Option<Found> {
    // Acquire pairs with the Release in `release`.
    match word.compare_exchange(FREE, thread, Ordering::Acquire, Ordering::Relaxed) {
        Ok(_) => Some(Found::Free),
        Err(held) if held & THREAD != 0 => None,
        Err(_) => take_left(word, thread, 0),
    }
}

/// Takes what nobody holds. `crowd` is WAITERS if others may sleep.
fn take_left(word: &AtomicU32, thread: u32, crowd: u32) -> Option<Found> {
    let mut left = word.load(Ordering::Relaxed);
    while left & THREAD == 0 {
        let taken = thread | (left & WAITERS) | crowd;
        // Acquire pairs with the Release in `release`; a holder that died is ordered by the kernel.
        match word.compare_exchange(left, taken, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) if left & DIED != 0 => return Some(Found::Orphaned),
            Ok(_) => return Some(Found::Free),
            Err(changed) => left = changed,
        }
    }
    None
}

/// Waits for the lock; `None`: the deadline has passed.
#[cold]
pub(in crate::process) fn acquire(
    bed: &impl Bed,
    thread: u32,
    deadline: Deadline,
) -> Option<Found> {
    let word = bed.word();
    let (mut crowd, mut backoff) = (0, Backoff::new());
    loop {
        let found = take_left(word, thread, crowd);
        if found.is_some() || deadline.is_now() {
            return found;
        }
        if backoff.spin() {
            continue;
        }
        let Some(held) = announce(word) else { continue };
        if !bed.sleep(held, deadline) {
            return give_up(word, thread, crowd);
        }
        crowd = WAITERS;
    }
}

/// Says in the word that somebody is about to sleep; `None`: nobody holds the lock any more.
fn announce(word: &AtomicU32) -> Option<u32> {
    let mut held = word.load(Ordering::Relaxed);
    loop {
        if held & THREAD == 0 {
            return None;
        }
        let announced = held | WAITERS;
        if held == announced {
            return Some(announced);
        }
        match word.compare_exchange(held, announced, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return Some(announced),
            Err(changed) => held = changed,
        }
    }
}

/// Looks a last time. Others that sleep are still to be woken: the wake-up may have come here.
fn give_up(word: &AtomicU32, thread: u32, crowd: u32) -> Option<Found> {
    loop {
        let found = take_left(word, thread, crowd);
        if found.is_some() || crowd == 0 || announce(word).is_some() {
            return found;
        }
    }
}

/// Frees the lock, which the caller holds, and wakes one that waits.
#[inline]
pub(in crate::process) fn release(bed: &impl Bed) {
    // Release pairs with the Acquire of whoever takes it next.
    if bed.word().swap(FREE, Ordering::Release) & WAITERS != 0 {
        bed.wake_one();
    }
}

/// What the kernel does when a thread ends that holds the lock, or was about to take or release it.
#[cfg(all(loom, test))]
pub(in crate::process) fn end(bed: &impl Bed, thread: u32) {
    let mut word = bed.word().load(Ordering::SeqCst);
    if word == FREE {
        return bed.wake_one();
    }
    while word & THREAD == thread {
        let died = (word & WAITERS) | DIED;
        match bed.word().compare_exchange(word, died, Ordering::SeqCst, Ordering::SeqCst) {
            Ok(_) if word & WAITERS != 0 => return bed.wake_one(),
            Ok(_) => return,
            Err(changed) => word = changed,
        }
    }
}

#[cfg(all(test, loom))]
#[expect(unsafe_code, reason = "a loom cell, which finds overlapping access, gives raw pointers")]
mod loom_tests;

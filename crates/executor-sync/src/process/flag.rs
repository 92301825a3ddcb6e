//! The word of an event, wherever it lies: in memory that is shared or, in a model, that is not.
//!
//! ```text
//!  (n, -) ── a waiter is about to sleep ──▶ (n, WAITERS)
//!     │                                          │
//!    set                             set, and wake all
//!     ▼                                          │
//!  (n+1, SET) ◀──────────────────────────────────┘
//!     └── clear ──▶ (n+1, -)
//! ```
//!
//! A waiter's wait is over when it sees SET or another `n` than it came with. The count has 30
//! bits: a waiter that is kept from running while the event is set exactly 2^30 times, and finds it
//! cleared, goes on to wait for the next `set`. A waiter that is killed leaves WAITERS behind, which
//! costs the next `set` a needless wake-up.

use super::bed::Bed;
use crate::deadline::Deadline;
use crate::primitives::Ordering;

const SET: u32 = 1;
const WAITERS: u32 = 2;
const ONE_TIME: u32 = 4;

/// Sets the flag, and wakes all that wait.
pub(super) fn set(bed: &impl Bed) {
    // Release pairs with the Acquire of waits and of `clear`. It is needed also when nothing
    // changes, for those that will see this `set` in place of the earlier one.
    let update = bed.word().fetch_update(Ordering::Release, Ordering::Relaxed, |word| {
        Some(if word & SET == 0 { (word & !WAITERS).wrapping_add(ONE_TIME) | SET } else { word })
    });
    if update.is_ok_and(|before| before & WAITERS != 0) {
        bed.wake_all();
    }
}

/// Later waits block until the next `set`.
pub(super) fn clear(bed: &impl Bed) {
    // Acquire pairs with the Release of every earlier `set`.
    bed.word().fetch_and(!SET, Ordering::Acquire);
}

#[inline]
pub(super) fn is_set(bed: &impl Bed) -> bool {
    // Acquire pairs with the Release in `set`.
    bed.word().load(Ordering::Acquire) & SET != 0
}

/// Waits until the flag is set, or was; `false`: the deadline has passed before.
#[cold]
pub(super) fn wait(bed: &impl Bed, deadline: Deadline) -> bool {
    // Acquire, here and below, pairs with the Release in `set`.
    let mut word = bed.word().load(Ordering::Acquire);
    let came_at = word / ONE_TIME;
    let mut in_time = true;
    loop {
        if word & SET != 0 || word / ONE_TIME != came_at {
            return true;
        }
        if !in_time {
            return false;
        }
        match announce(bed, word) {
            Ok(announced) => {
                in_time = bed.sleep(announced, deadline);
                word = bed.word().load(Ordering::Acquire);
            }
            Err(changed) => word = changed,
        }
    }
}

/// Says in the word that somebody is about to sleep; returns what it is then, or what it has changed
/// to instead.
fn announce(bed: &impl Bed, word: u32) -> Result<u32, u32> {
    let announced = word | WAITERS;
    if word != announced {
        bed.word().compare_exchange(word, announced, Ordering::Relaxed, Ordering::Acquire)?;
    }
    Ok(announced)
}

#[cfg(all(test, loom))]
mod loom_tests;

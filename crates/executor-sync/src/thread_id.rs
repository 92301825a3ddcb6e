//! A number for each thread that no later thread is given again.

use crate::primitives::thread_local;
use std::num::NonZeroU64;
// Not from `primitives`: the counter orders nothing and outlives every model.
use std::sync::atomic::{AtomicU64, Ordering};

/// Next number; at one thread a nanosecond it lasts five centuries.
static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    // Has no destructor, so it can be read while other thread locals are being destroyed.
    static CURRENT: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
}

/// Returns the calling thread's number.
///
/// Std's `ThreadId` would do but for its missing conversion to an integer; the address of a
/// thread local, which parking_lot uses, comes back after the thread has ended.
#[inline]
pub(crate) fn current() -> NonZeroU64 {
    CURRENT.with(|id| NonZeroU64::new(*id).expect("thread numbers start at one"))
}

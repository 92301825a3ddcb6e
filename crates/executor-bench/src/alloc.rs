//! The system's allocator, with a count that can be switched on.
//!
//! Rules of this file: R1, every call goes to `System` with the arguments it came with, so its
//! contract is the caller's contract; R2, counting touches atomics only and allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// While false, which is always but inside [`counted`], an allocation costs one relaxed load more.
static ON: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);

/// What was allocated, by all threads together, while something ran.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    /// Calls of `alloc` and `realloc`.
    pub(crate) calls: u64,
    /// Bytes asked for less bytes given back.
    pub(crate) live: i64,
}

/// Runs `f` and counts what all threads allocate meanwhile. Not to be nested.
pub(crate) fn counted<R>(f: impl FnOnce() -> R) -> (R, Counts) {
    CALLS.store(0, Ordering::Relaxed);
    LIVE.store(0, Ordering::Relaxed);
    ON.store(true, Ordering::SeqCst);
    let result = f();
    ON.store(false, Ordering::SeqCst);
    let counts =
        Counts { calls: CALLS.load(Ordering::Relaxed), live: LIVE.load(Ordering::Relaxed) };
    (result, counts)
}

struct Counting;

fn count(calls: u64, grown: usize, shrunk: usize) {
    if ON.load(Ordering::Relaxed) {
        CALLS.fetch_add(calls, Ordering::Relaxed);
        LIVE.fetch_add(signed(grown) - signed(shrunk), Ordering::Relaxed);
    }
}

/// A size as a signed number; a `Layout` never exceeds `isize::MAX`.
fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

// SAFETY: R1 and R2.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: R1.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: R1.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        // SAFETY: R1.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(1, new_size, layout.size());
        // SAFETY: R1.
        unsafe { System.realloc(block, layout, new_size) }
    }
}

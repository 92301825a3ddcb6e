//! Which pool's manager the calling thread is.

use std::cell::Cell;

std::thread_local! {
    /// The pool, by address, and the number that the thread has as its manager; or had, until it
    /// began to wait.
    static SEAT: Cell<(usize, u64)> = const { Cell::new((0, 0)) };
}

/// The calling thread is the manager of this pool, and nobody stands in for it.
pub(super) fn is_taken_by_caller(pool: usize, manager: u64) -> bool {
    SEAT.try_with(Cell::get) == Ok((pool, manager))
}

/// The calling thread becomes the manager of this pool.
pub(super) fn take(pool: usize, manager: u64) {
    SEAT.set((pool, manager));
}

/// The calling thread is no manager any more.
pub(super) fn leave() {
    SEAT.set((0, 0));
}

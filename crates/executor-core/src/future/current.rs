//! What the future room knows of the thread it runs on.

use std::cell::{Cell, RefCell};

use crate::primitives::per_thread;

per_thread! {
    /// The latest task of this thread went to somebody who had to be woken for it.
    static SLOW: Cell<bool> = Cell::new(false);
    /// This thread's number in the wait graph; 0 where nobody keeps account.
    static ID: Cell<u64> = Cell::new(0);
    /// The futures whose callbacks this thread runs, innermost last, by address.
    static DELIVERING: RefCell<Vec<usize>> = RefCell::new(Vec::new());
}

/// The task that this thread has just handed over waits for a sleeper to wake. That takes longer
/// than it is worth to spin for the result; worse, a thread that spins keeps the sleeper from the
/// processor that would be the first to run it.
pub(crate) fn expect_a_wait() {
    let _gone = SLOW.try_with(|slow| slow.set(true));
}

/// The next wait is worth a spin. Asking starts anew.
pub(super) fn worth_a_spin() -> bool {
    !SLOW.try_with(|slow| slow.replace(false)).unwrap_or(false)
}

/// This thread's number in the wait graph; 0 where nobody keeps account.
pub(super) fn id() -> u64 {
    ID.try_with(Cell::get).unwrap_or(0)
}

pub(super) fn set_id(id: u64) {
    let _gone = ID.try_with(|own| own.set(id));
}

/// Marks that this thread runs the callbacks of a future: for it, and for no other thread, that
/// future is finished although its waiters have not been let go.
pub(super) struct Delivering;

impl Delivering {
    pub(super) fn of<T>(future: &T) -> Self {
        let _gone = DELIVERING.try_with(|all| all.borrow_mut().push(address(future)));
        Self
    }

    pub(super) fn here<T>(future: &T) -> bool {
        DELIVERING.try_with(|all| all.borrow().contains(&address(future))).unwrap_or(false)
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        let _gone = DELIVERING.try_with(|all| all.borrow_mut().pop());
    }
}

fn address<T>(future: &T) -> usize {
    std::ptr::from_ref(future).addr()
}

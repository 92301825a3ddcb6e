//! What the future room knows of the thread it runs on.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crate::primitives::{Spun, per_thread};

use super::company::{Company, Way};
use super::streak::Streak;

per_thread! {
    static LATEST: Cell<Latest> = Cell::new(Latest::Waits(Streak::new()));
    /// How many results were there when this thread asked for them, since its latest wait.
    static TAKEN: Cell<u32> = Cell::new(0);
    /// Whether it shares its core with those whose results it waits for.
    static COMPANY: Cell<Company> = Cell::new(Company::new());
    /// This thread's number in the wait graph; 0 where nobody keeps account.
    static ID: Cell<u64> = Cell::new(0);
    /// The futures whose callbacks this thread runs, innermost last, by address.
    static DELIVERING: RefCell<Vec<usize>> = RefCell::new(Vec::new());
}

/// What a thread did last, of what tells how its next wait will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Latest {
    /// It waited for what was not there, perhaps many times, and has made no task since.
    Waits(Streak),
    /// It made a task.
    Task,
    /// It made a task for which somebody had to be woken.
    SlowTask,
}

/// How a wait will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outlook {
    /// What is awaited may come at any moment.
    Soon,
    /// It will be a while.
    Late,
    /// It may come at any moment, and many more with it if they are given so long.
    Many(Duration),
}

/// This thread has made a task.
#[inline]
pub(super) fn note_task() {
    let _gone = LATEST.try_with(|latest| latest.set(Latest::Task));
}

/// The task that this thread has just handed over waits for a sleeper to wake. That takes longer
/// than it is worth to spin for the result; worse, a thread that spins keeps the sleeper from the
/// processor that would be the first to run it.
pub(crate) fn expect_a_wait() {
    let _gone = LATEST.try_with(|latest| latest.set(Latest::SlowTask));
}

/// A result was there when this thread asked for it.
#[inline]
pub(super) fn note_taken() {
    let _gone = TAKEN.try_with(|taken| taken.set(taken.get().wrapping_add(1)));
}

/// This thread is about to wait.
pub(super) fn note_wait() -> Outlook {
    let taken = TAKEN.try_with(Cell::take).unwrap_or(0);
    let note = |latest: &Cell<Latest>| {
        let before = latest.get();
        let streak = match before {
            Latest::Waits(streak) => streak,
            Latest::Task | Latest::SlowTask => Streak::new(),
        };
        let streak = streak.extended(taken, Instant::now);
        latest.set(Latest::Waits(streak));
        match before {
            Latest::SlowTask => Outlook::Late,
            Latest::Task | Latest::Waits(_) => streak.nap().map_or(Outlook::Soon, Outlook::Many),
        }
    };
    LATEST.try_with(note).unwrap_or(Outlook::Soon)
}

/// How this thread is to spin for a result now. A [`Way::Parting`] is answered once, and then taken
/// to have been tried.
pub(super) fn next_way(may_part: bool) -> Way {
    let ask = |company: &Cell<Company>| {
        let (way, next) = company.get().next_way(may_part);
        company.set(next);
        way
    };
    COMPANY.try_with(ask).unwrap_or(Way::Pausing)
}

/// A spin for a result has ended.
pub(super) fn note_spin(spun: Spun) {
    let _gone = COMPANY.try_with(|company| company.set(company.get().after(spun)));
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

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

//! The one thread that waits for all timers, and those that run what is due.
//!
//! The keeper starts with the first timer that will ever fire, and ends when none is left. It calls
//! no functions: it starts a runner when something is due and every runner there is has been busy
//! with one function for a while. So many short functions take one runner, and a long one holds up
//! the others by little more than [`LONG`](super::clock::LONG). A runner ends when nothing is due.

use std::cell::Cell;
use std::io;
use std::ops::Range;
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use crate::error::TaskError;
use crate::panic;
use crate::registry;

use super::clock::{Clock, Entry, Key, Step};
use super::excepthook;
use super::forked::CLOCK;

/// How long to let the system recover that has refused to start a thread.
const RETRY: Duration = Duration::from_millis(10);

std::thread_local! {
    /// The number of the timer whose function this thread runs.
    static RUNNING: Cell<Option<u64>> = const { Cell::new(None) };
}

/// The calling thread runs the function of that timer.
pub(super) fn runs(key: Key) -> bool {
    RUNNING.get() == Some(key.number())
}

/// Adds a timer.
///
/// # Errors
///
/// The timer comes back if nobody keeps the time and no thread could be started for it.
pub(super) fn set(key: Key, entry: Entry) -> Result<(), (io::Error, Entry)> {
    let mut clock = CLOCK.write();
    if key.comes() && clock.keeper.is_none() {
        match Builder::new().name("Timers".into()).spawn(keep) {
            Ok(keeper) => clock.keeper = Some(keeper.thread().clone()),
            Err(error) => return Err((error, entry)),
        }
    }
    clock.set(key, entry);
    Ok(())
}

/// Takes a timer back that has not fired.
pub(super) fn withdraw(key: Key) -> Option<Entry> {
    CLOCK.write().withdraw(key)
}

/// The life of the keeper.
fn keep() {
    loop {
        let now = Instant::now();
        let step = CLOCK.write().step(now);
        match step {
            Step::End => return,
            Step::Sleep(until) => thread::park_timeout(until.duration_since(Instant::now())),
            Step::Start(runners) => start(runners),
        }
    }
}

fn start(runners: Range<u64>) {
    let mut refused = false;
    for runner in runners {
        let builder = Builder::new().name(format!("Timer-{}", runner + 1));
        if builder.spawn(move || run(runner)).is_err() {
            refused = true;
            let alone = CLOCK.write().missed(runner);
            if alone {
                // Late is better than never, and this is the only thread there is.
                call_next(runner);
                CLOCK.write().leave(runner);
            }
        }
    }
    if refused {
        thread::park_timeout(RETRY);
    }
}

/// The life of a runner.
fn run(runner: u64) {
    let enrolled = registry::enroll();
    while call_next(runner) {}
    drop(enrolled);
}

/// Runs what is due first; false: nothing is.
fn call_next(runner: u64) -> bool {
    let take = |clock: &mut Clock| clock.take(runner, Instant::now());
    let taken = take(&mut CLOCK.write());
    let Some((key, entry)) = taken else { return false };
    let (f, over) = entry.into_parts();
    RUNNING.set(Some(key.number()));
    let observed = panic::observe();
    let outcome = panic::catch(f);
    if let Some(panic) = outcome.as_ref().err().and_then(TaskError::panic) {
        excepthook::report(&registry::current(), panic);
    }
    drop(outcome);
    drop(observed);
    RUNNING.set(None);
    let told = over.set_result(());
    debug_assert!(told.is_ok(), "nobody cancels the end of a timer");
    true
}

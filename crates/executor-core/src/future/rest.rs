//! How a thread rests until a future, or a set of them, lets it go.
//!
//! A worker asks its host first: it may run the awaited task in place, and others must stand in for
//! a worker that sleeps. Every other thread spins for a moment and parks.

use std::time::{Duration, Instant};

use crate::error::{TaskError, TaskErrorKind};
use crate::primitives::{Rounds, Spun, nap, park_until, past, spin_until, thread};

use super::cell::Header;
use super::company::Way;
use super::current::{Delivering, Outlook, next_way, note_spin, note_taken, note_wait};
use super::host::{Need, Wanted, host};
use super::waiter::{Sleeper, WaitSet, Waiter};

/// A result that is microseconds away is cheaper to spin for than to be woken for.
const BRIEFLY: Rounds = Rounds { pauses: 100, yields: 10, counted: false };

/// Why a rest ended without what was awaited.
#[derive(Debug)]
pub(crate) enum Unrest {
    TimedOut,
    /// It would never have ended; the text says why.
    Stuck(String),
    /// The future came from the process from which this one was forked.
    Orphaned,
}

impl Unrest {
    /// The error for a caller that can be given one.
    pub(crate) fn into_error(self) -> TaskError {
        match self {
            Self::Stuck(why) => TaskError::new(TaskErrorKind::Deadlock, why),
            Self::Orphaned => TaskError::forked(),
            Self::TimedOut => unreachable!("a wait without a deadline does not time out"),
        }
    }
}

/// The moment `timeout` from now; `None` is for ever, also for a time beyond what a clock can say.
pub(super) fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

/// Whether this thread need not wait for the future (any more).
pub(super) fn over(task: &Header) -> bool {
    let now = task.snapshot();
    now.released() || (now.finished() && Delivering::here(task))
}

/// Rests until the future is released.
pub(super) fn until_released(task: &Header, deadline: Option<Instant>) -> Result<(), Unrest> {
    if over(task) {
        note_taken();
        return Ok(());
    }
    if task.orphaned() {
        return Err(Unrest::Orphaned);
    }
    if past(deadline) {
        return give_up(task);
    }
    if deadline.is_none() {
        // Whoever else began it in the meantime also ends it; then there is only waiting.
        run_in_place(task);
    }
    if look_out(deadline, || task.released()) {
        return Ok(());
    }
    let need = if deadline.is_some() { Need::Timed(task) } else { Need::All(task) };
    let Ok(key) = task.listen(Waiter::Thread(thread::current())) else {
        return Ok(());
    };
    let rested = sleep(need, deadline, || task.released());
    if rested.is_err() {
        task.unlisten(key);
    }
    if let Err(Unrest::TimedOut) = rested { give_up(task) } else { rested }
}

/// Goes on without what was awaited; but whoever waits again and again for a short time must not
/// keep a worker from it.
fn give_up(tasks: &dyn Wanted) -> Result<(), Unrest> {
    if let Some(host) = host() {
        host.gave_up(tasks);
    }
    Err(Unrest::TimedOut)
}

/// Rests until a task that borrows from the caller is over, come what may; false: it belongs to the
/// process from which this one was forked, and does not exist here.
pub(crate) fn see_out(task: &Header) -> bool {
    if task.orphaned() {
        return false;
    }
    run_in_place(task);
    if spin_until(BRIEFLY, || task.released()) != Spun::InVain {
        return true;
    }
    if task.listen(Waiter::Thread(thread::current())).is_ok() {
        let seen_out = sleep(Need::Borrowers(task), None, || task.released());
        assert!(seen_out.is_ok(), "nobody can be told to give up a wait for borrowers");
    }
    true
}

/// Rests until the set has gathered enough.
pub(super) fn until_gathered(
    set: &WaitSet,
    need: Need<'_>,
    deadline: Option<Instant>,
) -> Result<(), Unrest> {
    if set.complete() {
        return Ok(());
    }
    let (Need::All(wanted) | Need::Any(wanted)) = need else {
        unreachable!("a set is for all or any of its futures")
    };
    if past(deadline) {
        return give_up(wanted);
    }
    if let (None, Need::Any(_), Some(host)) = (deadline, need, host()) {
        host.run_one_in_place(wanted);
    }
    if look_out(deadline, || set.complete()) || !set.sleep(Sleeper::Thread(thread::current())) {
        return Ok(());
    }
    let need = if deadline.is_some() { Need::Timed(wanted) } else { need };
    match sleep(need, deadline, || set.complete()) {
        Err(Unrest::TimedOut) => give_up(wanted),
        rested => rested,
    }
}

/// Looks out for a moment; true: what is awaited has come.
fn look_out(deadline: Option<Instant>, come: impl Fn() -> bool) -> bool {
    match note_wait() {
        Outlook::Late => false,
        // Looking out for one result after the other would keep a core from those who make them,
        // and being woken for each would keep them from their work. Not in a worker, for which
        // others might stand in.
        Outlook::Many(time) if deadline.is_none() && !on_worker() => {
            nap(time);
            come()
        }
        Outlook::Many(_) | Outlook::Soon => spin_as_it_pays(come),
    }
}

/// Spins, unless it pays to sleep at once; true: what is awaited has come.
fn spin_as_it_pays(come: impl Fn() -> bool) -> bool {
    // For a worker that sleeps another one might have to stand in.
    let rounds = match next_way(!on_worker()) {
        Way::Pausing => BRIEFLY,
        Way::Yielding => BRIEFLY.giving_way_at_once(),
        Way::Parting => return false,
    };
    let spun = spin_until(rounds, come);
    note_spin(spun);
    spun != Spun::InVain
}

/// Runs the awaited task in place if this thread is a worker of its pool and it is still queued.
pub(super) fn run_in_place(task: &Header) {
    if let Some(host) = host() {
        host.run_in_place(task);
    }
}

/// This thread is a worker of some pool.
pub(super) fn on_worker() -> bool {
    host().is_some()
}

/// How long to let the system recover that has refused to start a thread.
const RETRY: Duration = Duration::from_millis(20);

fn sooner(deadline: Option<Instant>, other: Instant) -> Instant {
    deadline.map_or(other, |at| at.min(other))
}

fn sleep(
    need: Need<'_>,
    deadline: Option<Instant>,
    ready: impl Fn() -> bool,
) -> Result<(), Unrest> {
    let host = host();
    if let Some(host) = &host {
        host.block(need).map_err(|stuck| Unrest::Stuck(stuck.0))?;
    }
    let rested = loop {
        if ready() {
            break Ok(());
        }
        if let Some(stuck) = host.as_ref().and_then(|host| host.stuck()) {
            break Err(Unrest::Stuck(stuck.0));
        }
        if past(deadline) {
            break Err(Unrest::TimedOut);
        }
        if host.as_ref().is_some_and(|host| host.unmanned()) {
            park_until(Some(sooner(deadline, Instant::now() + RETRY)));
        } else {
            park_until(deadline);
        }
    };
    if let Some(host) = &host {
        host.unblock();
    }
    // What came at the last moment still came.
    if ready() { Ok(()) } else { rested }
}

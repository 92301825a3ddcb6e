//! What `submit` returns, and the half that fulfils it.
//!
//! One place in memory holds a task from submission to result. `state` knows the bits, `waiter` whom to
//! tell, `late`, `place` and `cell` the memory, `company`, `streak`, `current` and `host` what the
//! thread does in place of sleeping, `waits` who waits for whom; `promise` and `handle` are the two halves a user holds, and
//! `wait` and `as_completed` look at many at once.

mod state;
mod waiter;
mod company;
mod streak;
mod current;
#[expect(unsafe_code, reason = "a pointer that is null or owned; rule L1")]
mod late;
#[expect(unsafe_code, reason = "what is in it, the state word tells; rule P1")]
mod place;
#[expect(unsafe_code, reason = "one place holds closure, state and result; rules C1 to C9")]
mod cell;
mod host;
#[expect(unsafe_code, reason = "notes what blocked threads wait for; rules W1 and W2")]
pub(crate) mod waits;
#[expect(unsafe_code, reason = "what a forked process must do; rule F1")]
mod forked;
mod rest;
mod handle;
mod shared;
mod promise;
mod waitable;
mod wait;
mod as_completed;

#[cfg(all(test, loom))]
mod loom_tests;

#[cfg(all(test, loom))]
pub(crate) use loom_tests::explore;

pub use as_completed::{AsCompleted, AsCompletedStream, as_completed};
pub(crate) use cell::{
    Door, Header, Home, Leftovers, Maker, Remote, Started, TaskRef, Ticket, Watch,
    await_cancellers, claim, remote, task, watched_task,
};
pub(crate) use current::expect_a_wait;
pub(crate) use forked::watch_forks;
pub use handle::Future;
pub(crate) use host::{Host, Need, Stuck, Wanted, aside, host, set_host};
pub use promise::{Promise, promise};
pub(crate) use rest::{Unrest, see_out};
pub use shared::SharedFuture;
pub use state::FutureState;
pub use wait::{ReturnWhen, Waited, wait, wait_timeout};
pub use waitable::Waitable;

//! The pool of threads.
//!
//! ```text
//! spawn ─▶ gate ─▶ queue ─▶ worker ─▶ task ─▶ future
//!            │                │
//!            └── idle: who sleeps, whom to wake, when to start a thread
//! ```
//!
//! `config` is what the builder asked for, `idle` the protocol of sleeping and waking, `gate` the
//! bound of the queue, `roster` who works here, `shared` all that together, `blocking` what a task
//! says that waits by other means, `refusing` the end of a broken pool, `team` threads for rayon,
//! `lookout` how a worker waits for the next task while it is awake, `pursuit` when it lets those
//! who submit go ahead, `worker` the life of one thread; `handle`, `scope` and `executor` are what
//! a user holds.

mod idle;
#[cfg(not(loom))]
mod config;
#[cfg(not(loom))]
mod gate;
#[cfg(not(loom))]
mod roster;
#[cfg(not(loom))]
mod blocking;
#[cfg(not(loom))]
mod refusing;
#[cfg(all(feature = "rayon", not(any(loom, shuttle))))]
mod team;
#[cfg(not(loom))]
#[expect(unsafe_code, reason = "tasks know their pool by address; rules S1 and S2")]
mod shared;
#[cfg(not(loom))]
mod pursuit;
#[cfg(not(loom))]
mod lookout;
#[cfg(not(loom))]
mod worker;
#[cfg(not(loom))]
mod handle;
#[cfg(not(loom))]
#[expect(unsafe_code, reason = "tasks of a scope borrow what outlives it; rules P1 and P2")]
mod scope;
#[cfg(not(loom))]
mod executor;
#[cfg(not(loom))]
mod builder;

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, shuttle))]
mod shuttle_tests;

#[cfg(not(loom))]
pub use blocking::blocking;
#[cfg(not(loom))]
pub use builder::ThreadPoolBuilder;
#[cfg(not(loom))]
pub use executor::ThreadPoolExecutor;
#[cfg(not(loom))]
pub use handle::ThreadPoolHandle;
#[cfg(not(loom))]
pub use scope::{Scope, ScopedFuture};

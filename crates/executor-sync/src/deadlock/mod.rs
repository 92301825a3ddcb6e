//! Finds cycles of threads that wait for each other's locks, and names them.
//!
//! Compiled in by the feature `deadlock-report`, which is meant for debugging: every acquire and
//! release then passes one global table. Without the feature nothing is recorded and nothing of
//! it is left in the locks.
//!
//! Whenever a thread is about to sleep for a [`Lock`](crate::Lock), [`Mutex`](crate::Mutex) or
//! [`RLock`](crate::RLock), the table is followed from that lock to its holder, to the lock the
//! holder waits for, and so on. If this comes back to where it started, the cycle is reported
//! once, to the hook set by `on_deadlock`, else on standard error. The threads go on waiting, as
//! they would have: a wait with a timeout may still end the deadlock.
//!
//! Locks are named by `Lock::named` and its siblings; the others by the place in the source that
//! made them. Semaphores, events, conditions and barriers have no holder and are not followed.
//!
//! # Platform-specific behavior
//!
//! A forked child begins with an empty table, so it does not know who holds the locks that were
//! held at the fork, and reports no cycle through them.

#[cfg(not(feature = "deadlock-report"))]
mod absent;
#[cfg(feature = "deadlock-report")]
mod report;
#[cfg(feature = "deadlock-report")]
#[expect(unsafe_code, reason = "a table that is read without a lock; rules P1 and P2")]
mod published;
#[cfg(feature = "deadlock-report")]
mod graph;
#[cfg(feature = "deadlock-report")]
mod site;

#[cfg(not(feature = "deadlock-report"))]
pub(crate) use absent::Site;
#[cfg(feature = "deadlock-report")]
pub use graph::on_deadlock;
#[cfg(feature = "deadlock-report")]
pub use report::{DeadlockReport, Wait};
#[cfg(feature = "deadlock-report")]
pub(crate) use site::Site;

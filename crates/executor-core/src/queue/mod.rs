//! What waits to be run.
//!
//! `chain` is a queue of entries that are pointers; `fifo` adds the sweeping out of entries that
//! need not be run any more.

#[expect(unsafe_code, reason = "an entry is what its pointer says")]
mod entry;
#[expect(unsafe_code, reason = "blocks that threads share; rules Q1 to Q4")]
mod chain;
#[cfg(loom)]
mod model;
mod fifo;

pub(crate) use entry::Entry;
pub(crate) use fifo::Fifo;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
#[cfg(all(test, loom))]
mod loom_tests;

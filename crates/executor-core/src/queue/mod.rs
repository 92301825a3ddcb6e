//! What waits to be run.
//!
//! `injector` is crossbeam's queue, or a model of it; `fifo` adds the sweeping out of entries that
//! need not be run any more.

mod injector;
mod fifo;

pub(crate) use fifo::Fifo;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
#[cfg(all(test, loom))]
mod loom_tests;

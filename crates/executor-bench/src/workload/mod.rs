//! What is measured, each workload in its own file; `list` has them all.

mod allocations;
mod as_completed;
mod burst;
mod grain;
mod idle;
mod lock;
mod map;
mod memory;
mod nested;
mod process;
mod round_trip;
mod scope_map;
mod shutdown;
mod skewed_map;
mod list;

pub(crate) use list::{Workload, all, matching, named};

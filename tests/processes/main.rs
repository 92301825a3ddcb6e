//! What a pool of processes promises, a module per promise, all of it through the public API.
#![expect(unsafe_code, reason = "signals and descriptors by their number are C functions")]

#[path = "../support/watchdog.rs"]
mod watchdog;

mod rig;

mod build_errors;
mod callbacks;
mod cancel;
mod capacity;
mod company;
mod ending;
mod environment;
mod executor_trait;
mod initializer;
mod large;
mod leftovers;
mod map;
mod map_ends;
mod nested;
mod options;
mod output;
mod programs;
mod program_ends;
mod recycling;
mod replaced;
mod shutdown;
mod stats;
mod submit;
mod try_submit;
mod waiting;

concurrent_futures::init_in_tests!();

//! What `multiprocessing` promises, a module per promise, all of it through the public API, faults
//! brought about for real.
//!
//! A process of its own, for its descriptors, threads and children are counted.
concurrent_futures::init_in_tests!();

#[path = "../support/alone.rs"]
mod alone;
#[path = "../support/gate.rs"]
mod gate;
#[path = "../support/random.rs"]
#[allow(dead_code, reason = "this program needs only a part of it")]
mod random;
#[path = "../support/system.rs"]
#[expect(unsafe_code, reason = "signals, limits and crashes are C functions")]
mod system;
#[path = "../support/watchdog.rs"]
mod watchdog;

mod census;
mod programs;

mod arrays;
mod ends;
mod family;
mod pipes;
mod process;
mod queue_model;
mod queues;
mod results;
mod slices;

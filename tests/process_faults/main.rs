//! What a fault does to a pool of processes, row by row of the promise: each is brought about for
//! real, and the pool must answer in bounded time, go on working, and leave nothing behind.
//!
//! A process of its own, for its descriptors, threads and children are counted.
concurrent_futures::init_in_tests!();

#[path = "../support/alone.rs"]
mod alone;
#[path = "../support/gate.rs"]
mod gate;
#[path = "../support/system.rs"]
#[expect(unsafe_code, reason = "signals, limits and crashes are C functions")]
mod system;
#[path = "../support/watchdog.rs"]
mod watchdog;

mod census;
mod pools;

mod chunks;
mod codec;
mod crashes;
mod flood;
mod joins;
mod kills;
mod panics;
mod refusals;
mod starts;
mod stops;
mod timeouts;
mod withdraw;

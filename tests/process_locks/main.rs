//! Memory and locks that are shared by processes: how they travel, what they promise, and what
//! becomes of them when somebody is killed.
//!
//! A process of its own, for its descriptors, threads and children are counted.
concurrent_futures::init_in_tests!();

#[path = "../process_faults/census.rs"]
mod census;
#[path = "../support/alone.rs"]
mod alone;
#[path = "../support/gate.rs"]
mod gate;
#[path = "../process_faults/pools.rs"]
#[allow(dead_code, reason = "this program needs only a part of it")]
mod pools;
#[path = "../support/random.rs"]
#[allow(dead_code, reason = "this program needs only a part of it")]
mod random;
#[path = "../support/system.rs"]
#[expect(unsafe_code, reason = "signals, limits and crashes are C functions")]
mod system;
#[path = "../support/watchdog.rs"]
mod watchdog;

mod travel;

mod everywhere;
mod kills;

//! What the crate promises, a module per promise, all of it through the public API.

#[path = "../support/pool.rs"]
mod pool;
#[path = "../support/random.rs"]
mod random;
#[path = "../support/tokens.rs"]
mod tokens;
#[path = "../support/watchdog.rs"]
mod watchdog;

mod as_completed;
mod awaiting;
mod blocking;
mod callbacks;
mod cancel;
mod capacity;
mod config;
mod deadlock;
mod drop;
mod errors;
mod executor_trait;
mod initializer;
#[cfg(feature = "rayon")]
mod install;
mod keep_alive;
mod leaks;
mod map;
mod map_bounds;
mod map_ends;
mod nested;
mod order;
mod panics;
mod promise;
mod result;
mod scope;
mod shared;
mod shutdown;
mod shutdown_inside;
mod stats;
mod stress;
mod submit;
mod timeouts;
mod wait;

//! What `threading` promises, a module per promise, all of it through the public API.

#[path = "../support/pool.rs"]
#[expect(dead_code, reason = "this program needs only a part of it")]
mod pool;
#[path = "../support/tokens.rs"]
mod tokens;
#[path = "../support/watchdog.rs"]
mod watchdog;

mod drops;
mod everyone;
mod joining;
mod names;
mod programs;
mod results;
mod stages;
mod timers;
mod tutorial;

//! Models of the shipped code, run by
//! `RUSTFLAGS="--cfg loom" LOOM_MAX_PREEMPTIONS=2 cargo test -p executor-sync --release --lib --test loom`.
//!
//! A timed call in a model times out at the moment it would sleep (see `raw/futex/model.rs`), so
//! every order of a wake and a time-out is explored. A lost wake is a deadlock, which loom
//! reports.
#![cfg(loom)]

#[path = "loom/lock.rs"]
#[expect(unsafe_code, reason = "a loom cell, which finds overlapping access, gives raw pointers")]
mod lock;
#[path = "loom/rlock.rs"]
mod rlock;
#[path = "loom/condition.rs"]
mod condition;
#[path = "loom/semaphore.rs"]
mod semaphore;
#[path = "loom/event.rs"]
#[expect(unsafe_code, reason = "a loom cell, which finds overlapping access, gives raw pointers")]
mod event;
#[path = "loom/barrier.rs"]
mod barrier;

use std::time::Duration;

/// Any time that is neither zero nor for ever: it passes when the thread would sleep.
const A_WHILE: Duration = Duration::from_secs(1);

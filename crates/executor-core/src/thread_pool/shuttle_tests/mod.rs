//! shuttle runs the whole pool, with a plain queue in place of crossbeam's, under schedules drawn
//! at random: at every step any thread may be next, or (PCT) threads have priorities that change at
//! a few random steps. A thread that nobody will ever wake is a deadlock, which fails the model.
//!
//! shuttle supposes sequential consistency: it finds wrong schedules, not wrong memory orders,
//! which are loom's to find. Time does not pass: a deadline in the far future comes at some moment.
//!
//! Run with `RUSTFLAGS="--cfg shuttle" cargo test --release -p executor-core --lib shuttle`;
//! `CF_SHUTTLE` says how many schedules of each kind to try in each model.

mod model;

mod nesting;
mod circles;
mod gathering;
mod cancelling;
mod bounds;
mod ends;
mod scopes;
mod starting;

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub use executor_core::*;

/// Python's `threading` locks: the crate `executor-sync`.
pub use executor_sync as sync;

//! The words that two processes share in memory: who has which frame, replies, and how to wake for
//! them.
//!
//! They are atomics as any other, so the model checker runs them as threads of one program.

mod claim;
mod bell;
mod pair;
mod berth;
#[expect(unsafe_code, reason = "bytes that two processes share; rules B1 to B3")]
mod ring;

#[cfg(all(test, loom))]
mod loom_tests;

pub(crate) use bell::Bell;
pub(crate) use berth::Berth;
pub(crate) use claim::{Claim, MOST_ITEMS, Progress, Step};
pub(crate) use pair::Pair;
pub(crate) use ring::{Ring, Scribbled};

//! Ordered results of many calls, in bounded memory.
//!
//! `source` pulls `items` and makes chunks of them, `pace` says how large; a `batch` comes back,
//! which `hand_out` takes apart for `results`, and whose `remainder` may be dropped; `stream` does
//! that for async code, which an `alarm` wakes when its time is up. None of them knows an executor:
//! an executor gives a function that starts a chunk.

mod remainder;
mod items;
mod batch;
mod pace;
mod alarm;
mod source;
mod hand_out;
mod results;
mod stream;

pub(crate) use batch::{Batch, Chunk};
pub(crate) use pace::Pace;
pub use results::Map;
pub(crate) use source::{Patience, Source};
pub use stream::MapStream;

//! What grows with what: workers, tasks and producers in ever larger numbers.
//!
//! `sweep` goes through the numbers, `list` says of what, `growth` keeps what came out.

mod sweep;
mod list;
mod growth;

pub(crate) use growth::{Growth, run};
pub(crate) use list::all;
pub(crate) use sweep::{Line, Sweep};

//! Threads against processes against nobody's help: the same work, handed to each in turn.
//!
//! `work` is what a task does, `venue` where it runs, `plan` which cells there are, `cell` what
//! was measured in one; `directory` is real input. `summary` says in words what came out.

mod work;
mod venue;
mod cell;
mod plan;
mod directory;
mod comparison;
mod summary;
mod table;
mod run;

pub(crate) use cell::{Cell, QUANTILES};
pub(crate) use comparison::Comparison;
pub(crate) use plan::all;
pub(crate) use run::{Options, run};
pub(crate) use summary::summary;
pub(crate) use table::tables;
pub(crate) use venue::Place;
pub(crate) use work::Kind;

#[cfg(test)]
mod tests;

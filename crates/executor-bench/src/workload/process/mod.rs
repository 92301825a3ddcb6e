//! What is measured of the pools of processes.

mod words;
pub(crate) mod burst;
pub(crate) mod descriptors;
pub(crate) mod echo;
pub(crate) mod grain;
pub(crate) mod map;
pub(crate) mod replacement;
pub(crate) mod round_trip;
pub(crate) mod shared_slice;
pub(crate) mod start;

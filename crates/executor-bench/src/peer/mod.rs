//! The pools that are compared, each in its own file and written as its own documents recommend.
//!
//! `pool` is what they have in common, `kinds` lists them.

mod pool;
mod affinitypool;
mod ours;
mod rayon;
mod rusty_pool;
mod threadpool;
mod tokio_blocking;
mod tokio_spawn;
mod kinds;

pub(crate) use kinds::every_pool;
pub(crate) use pool::Peer;

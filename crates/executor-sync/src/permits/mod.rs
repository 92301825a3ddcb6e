//! The core of both semaphores: a count, and one queue of threads and tasks.
//!
//! [`pool`] holds the word and the queue; [`permit`] is what a caller gets and gives back;
//! [`acquire`] is the future of those that wait as tasks.

pub(crate) mod pool;
mod permit;
mod acquire;

pub use acquire::Acquire;
pub use permit::Permit;

//! A queue between processes: the values are in a file in memory, what is known of them is in a few
//! shared words, and both are changed under a lock that outlives its holders.

mod error;
#[expect(unsafe_code, reason = "words that processes share; rule Q1")]
mod state;
mod store;
mod handle;

pub use error::{GetError, PutError};
pub use handle::Queue;

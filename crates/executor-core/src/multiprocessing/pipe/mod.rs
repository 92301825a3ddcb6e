//! A line of messages between two processes, or two threads, in both directions.

mod error;
#[expect(unsafe_code, reason = "the mask of signals of a thread; rules S1 and S2")]
mod quiet;
mod message;
mod inbox;
mod connection;

pub use connection::{Connection, pipe};
pub use error::ConnectionError;

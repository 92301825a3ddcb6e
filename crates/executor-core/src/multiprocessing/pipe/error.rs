use std::fmt;
use std::io;

/// A message was not sent, or not received.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectionError {
    /// Nobody has the other end any more, and all that it sent was received.
    Eof,
    /// Nothing came in time. What had come of a message is kept for the next call.
    TimedOut,
    /// The peer ended in the middle of a message; its beginning is dropped.
    HalfMessage {
        /// How many bytes of it had come.
        received: u64,
        /// How many bytes it was to have.
        announced: u64,
    },
    /// The message takes more bytes than the connection lets through.
    TooLong {
        /// How many bytes it takes.
        bytes: u64,
        /// How many a message may take.
        most: u64,
    },
    /// What came makes no sense: something else writes into this pipe. Nothing can be received any
    /// more.
    Garbled,
    /// The value has no bytes, or what it refers to cannot go through a pipe.
    Encode(String),
    /// The bytes are no value of this type; the next message can be received.
    Decode(String),
    /// The system refuses.
    Os(io::Error),
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eof => f.write_str(
                "nobody has the other end of the connection any more: its process has ended or \
                 dropped it",
            ),
            Self::TimedOut => f.write_str(
                "no message came before the time was up; it can still come, so receive again",
            ),
            Self::HalfMessage { received, announced } => write!(
                f,
                "the peer ended in the middle of a message: {received} of {announced} bytes had come"
            ),
            Self::TooLong { bytes, most } => write!(
                f,
                "the message takes {bytes} bytes, more than the {most} that the connection lets through; send it in \
                 pieces, or raise with_max_message_size at both ends"
            ),
            Self::Garbled => f.write_str(
                "what came through the connection is no message, as something else writes into its \
                 pipe; let only one process have each end",
            ),
            Self::Encode(why) => write!(f, "the message cannot be encoded: {why}"),
            Self::Decode(why) => write!(f, "the message cannot be decoded: {why}"),
            Self::Os(error) => write!(f, "the system refuses it: {error}"),
        }
    }
}

impl std::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Os(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for ConnectionError {
    fn from(error: io::Error) -> Self {
        Self::Os(error)
    }
}

use std::fmt;
use std::io;

/// A value was not put, and comes back.
#[non_exhaustive]
pub enum PutError<T> {
    /// The queue holds as many values as it may, also after the time that was given.
    Full(T),
    /// The queue has been closed.
    Closed(T),
    /// The value has no bytes, or what it refers to cannot go through a queue.
    Encode(T, String),
    /// The system refuses.
    Os(T, io::Error),
}

/// No value was got.
#[derive(Debug)]
#[non_exhaustive]
pub enum GetError {
    /// There is no value, also after the time that was given.
    Empty,
    /// The queue has been closed, and all that was put has been got.
    Closed,
    /// The bytes are no value of this type, or belong to no queue. The value is gone.
    Decode(String),
    /// The system refuses.
    Os(io::Error),
}

impl<T> PutError<T> {
    /// The value that was not put.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(value)
            | Self::Closed(value)
            | Self::Encode(value, _)
            | Self::Os(value, _) => value,
        }
    }
}

impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("Full(..)"),
            Self::Closed(_) => f.write_str("Closed(..)"),
            Self::Encode(_, why) => write!(f, "Encode(.., {why:?})"),
            Self::Os(_, error) => write!(f, "Os(.., {error:?})"),
        }
    }
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str(
                "the value was not put because the queue is full; try again later, or use put, which waits for a free \
                 place",
            ),
            Self::Closed(_) => {
                f.write_str("the value was not put because the queue has been closed")
            }
            Self::Encode(_, why) => write!(f, "the value cannot be encoded: {why}"),
            Self::Os(_, error) => write!(f, "the system refuses to keep the value: {error}"),
        }
    }
}

impl<T> std::error::Error for PutError<T> {}

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "the queue is empty; try again later, or use get, which waits for a value",
            ),
            Self::Closed => {
                f.write_str("the queue has been closed, and all that was put has been got")
            }
            Self::Decode(why) => write!(f, "the value cannot be decoded: {why}"),
            Self::Os(error) => write!(f, "the system refuses to give the value: {error}"),
        }
    }
}

impl std::error::Error for GetError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Os(error) => Some(error),
            _ => None,
        }
    }
}

use std::{fmt, io};

/// A thread or a timer cannot do what it was asked to.
#[derive(Debug)]
#[non_exhaustive]
pub enum ThreadError {
    /// It was started before; a thread runs once.
    AlreadyStarted,
    /// It was not started, so there is nothing to wait for.
    NotStarted,
    /// The thread would wait for its own end.
    CurrentThread,
    /// The operating system refused.
    Os(io::Error),
}

impl fmt::Display for ThreadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyStarted => f.write_str(
                "start() was refused because it was started before, and it runs only once; make a \
                 new one to run the work again",
            ),
            Self::NotStarted => f.write_str(
                "join() would never return because it was not started; call start() first",
            ),
            Self::CurrentThread => f.write_str(
                "join() would never return because the thread would wait for its own end; join it \
                 from another thread",
            ),
            Self::Os(error) => write!(
                f,
                "the operating system refused the thread: {error}; free resources or ask for a \
                 smaller stack, and try again"
            ),
        }
    }
}

impl std::error::Error for ThreadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Os(error) => Some(error),
            _ => None,
        }
    }
}

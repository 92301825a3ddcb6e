use std::fmt;
use std::io;

/// What was asked of a [`Process`](super::Process) cannot be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProcessError {
    /// It was started before; a process is started once.
    AlreadyStarted,
    /// It has not been started.
    NotStarted,
    /// The program lacks the line that a copy of it needs to become another process.
    NotInitialised,
    /// Its argument has no bytes, or its function is not in the program's own executable.
    Encode(String),
    /// The system refuses.
    Os(io::Error),
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyStarted => f.write_str(
                "the process has been started already, and a Process is started once; make another one for another run",
            ),
            Self::NotStarted => {
                f.write_str("the process has not been started; call start() before")
            }
            Self::NotInitialised => f.write_str(crate::process::LACKS_INIT),
            Self::Encode(why) => f.write_str(why),
            Self::Os(error) => write!(f, "the system refuses it: {error}"),
        }
    }
}

impl std::error::Error for ProcessError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Os(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for ProcessError {
    fn from(error: io::Error) -> Self {
        Self::Os(error)
    }
}

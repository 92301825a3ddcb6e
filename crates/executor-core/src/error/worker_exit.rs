use std::fmt;

/// How a worker process ended while it held a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerExit {
    pid: u32,
    code: Option<i32>,
    signal: Option<i32>,
    stderr_tail: Option<String>,
}

impl WorkerExit {
    /// Describes the end of process `pid`: its exit code, or the signal that ended it.
    pub fn new(pid: u32, code: Option<i32>, signal: Option<i32>) -> Self {
        Self { pid, code, signal, stderr_tail: None }
    }

    /// Adds the last lines that the worker wrote to its standard error.
    #[must_use]
    pub fn with_stderr_tail(mut self, tail: impl Into<String>) -> Self {
        self.stderr_tail = Some(tail.into());
        self
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The exit code, unless a signal ended the process.
    pub fn code(&self) -> Option<i32> {
        self.code
    }

    /// The signal that ended the process, if one did.
    pub fn signal(&self) -> Option<i32> {
        self.signal
    }

    /// The last lines of the worker's standard error, where the executor captured them.
    pub fn stderr_tail(&self) -> Option<&str> {
        self.stderr_tail.as_deref()
    }
}

impl fmt::Display for WorkerExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "worker process {}", self.pid)?;
        match (self.signal, self.code) {
            (Some(signal), _) => write!(f, " was ended by signal {signal}")?,
            (None, Some(code)) => write!(f, " exited with code {code}")?,
            (None, None) => f.write_str(" ended")?,
        }
        match &self.stderr_tail {
            Some(tail) => write!(f, "; its last words: {tail}"),
            None => Ok(()),
        }
    }
}

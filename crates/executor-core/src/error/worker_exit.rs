use std::fmt;

/// How a worker process ended while it held a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerExit {
    pid: u32,
    code: Option<i32>,
    signal: Option<i32>,
    stdout_tail: Option<String>,
    stderr_tail: Option<String>,
    excess: Option<Excess>,
}

/// Memory beyond a limit, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Excess {
    used: u64,
    limit: u64,
}

impl WorkerExit {
    /// Describes the end of process `pid`: its exit code, or the signal that ended it.
    pub fn new(pid: u32, code: Option<i32>, signal: Option<i32>) -> Self {
        Self { pid, code, signal, stdout_tail: None, stderr_tail: None, excess: None }
    }

    /// Adds the last lines that the worker wrote to its standard error.
    #[must_use]
    pub fn with_stderr_tail(mut self, tail: impl Into<String>) -> Self {
        self.stderr_tail = Some(tail.into());
        self
    }

    /// Adds the last lines that the worker wrote to its standard output.
    #[must_use]
    pub fn with_stdout_tail(mut self, tail: impl Into<String>) -> Self {
        self.stdout_tail = Some(tail.into());
        self
    }

    /// Says that the worker used more memory than it was allowed, both in bytes.
    #[must_use]
    pub fn with_excess_memory(mut self, used: u64, limit: u64) -> Self {
        self.excess = Some(Excess { used, limit });
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

    /// The memory limit in bytes, if exceeding it was the worker's end.
    pub fn memory_limit(&self) -> Option<u64> {
        self.excess.map(|excess| excess.limit)
    }

    /// The last lines of the worker's standard output, where the executor captured them.
    pub fn stdout_tail(&self) -> Option<&str> {
        self.stdout_tail.as_deref()
    }

    /// The last lines of the worker's standard error, where the executor captured them.
    pub fn stderr_tail(&self) -> Option<&str> {
        self.stderr_tail.as_deref()
    }
}

impl WorkerExit {
    /// What the worker last wrote, as the end of a sentence.
    pub(crate) fn last_words(&self) -> String {
        let tails = [("stdout", &self.stdout_tail), ("stderr", &self.stderr_tail)];
        let tails =
            tails.into_iter().filter_map(|(name, tail)| Some((name, tail.as_deref()?.trim())));
        let tails = tails.filter(|(_, tail)| !tail.is_empty());
        tails.map(|(name, tail)| format!("; the end of its {name}: {tail}")).collect()
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
        if let Some(Excess { used, limit }) = self.excess {
            write!(
                f,
                " as it used {used} bytes of memory, beyond its memory_limit of {limit} bytes,"
            )?;
        }
        Ok(())
    }
}

use serde::{Deserialize, Serialize};

use crate::error::{PanicInfo, TaskError};

/// What travels of a panic.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PanicReport {
    message: String,
    location: Option<String>,
    backtrace: Option<String>,
}

impl PanicReport {
    pub(crate) fn of(info: &PanicInfo) -> Self {
        Self {
            message: info.message().to_owned(),
            location: info.location().map(str::to_owned),
            backtrace: info.backtrace().map(str::to_owned),
        }
    }

    /// The error for the task that panicked on this thread.
    pub(crate) fn into_error(self, thread: String) -> TaskError {
        let info = PanicInfo::new(self.message, None).at(self.location, self.backtrace);
        TaskError::panicked(info.on_thread(Some(thread)))
    }
}

//! Why there is no result: every public error of the crate.

mod panic_info;
mod worker_exit;
mod task;
mod timeout;
mod pool;
mod thread;

pub use panic_info::PanicInfo;
pub use pool::{BuildError, StillRunning, TrySpawnError, TrySubmitError};
pub use task::{TaskError, TaskErrorKind};
pub use thread::ThreadError;
pub use timeout::{TimedOut, TimeoutError};
pub use worker_exit::WorkerExit;

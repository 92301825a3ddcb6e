//! What a thread of a `Thread` does from its first moment to its last.

use std::sync::Arc;

use crate::error::TaskError;
use crate::fork::ForkLock;
use crate::future::Promise;
use crate::panic;
use crate::registry::{self, Record};

use super::excepthook;

/// What a thread is to do, until it is taken.
pub(super) type Target<T> = Arc<ForkLock<Option<Box<dyn FnOnce() -> T + Send>>>>;

/// True: nobody has the handle any more. Under this lock a thread and its handle agree on who of
/// the two looks after the outcome.
pub(super) type Detached = Arc<ForkLock<bool>>;

/// A thread's work and those who are told of its end.
pub(super) struct Work<T> {
    pub(super) target: Target<T>,
    pub(super) record: Arc<Record>,
    pub(super) detached: Detached,
    pub(super) outcome: Promise<T>,
    pub(super) ended: Promise<()>,
}

impl<T: Send + 'static> Work<T> {
    /// Runs on the new thread.
    pub(super) fn run(self) {
        let Self { target, record, detached, outcome: promise, ended } = self;
        registry::begin(&record);
        let observed = panic::observe();
        let target = target.lock().and_then(|mut target| target.take());
        if let Some(target) = target {
            let outcome = panic::catch(target).map_err(|error| on_thread(error, &record));
            settle(outcome, promise, &detached, &record);
        }
        drop(observed);
        registry::end(&record);
        let told = ended.set_result(());
        debug_assert!(told.is_ok(), "nobody cancels the end of a thread");
    }
}

/// The name of a thread may have changed since the operating system was told.
fn on_thread(error: TaskError, record: &Record) -> TaskError {
    let name = record.name().as_ref().to_owned();
    match error.into_panic() {
        Some(panic) => TaskError::panicked(panic.on_thread(Some(name))),
        None => unreachable!("only a panic is caught"),
    }
}

/// Keeps the outcome for whoever has the handle; if nobody has, gives a panic to the hook.
fn settle<T>(
    outcome: Result<T, TaskError>,
    promise: Promise<T>,
    detached: &ForkLock<bool>,
    record: &Arc<Record>,
) {
    // A child process whose lock is gone keeps the outcome for a handle that may be gone too.
    let forsaken = detached.lock();
    if forsaken.as_deref().is_none_or(|forsaken| !forsaken) {
        // The handle is there until it gets the lock, so no value is dropped under it.
        let kept = match outcome {
            Ok(value) => promise.set_result(value).is_ok(),
            Err(error) => promise.set_exception(error).is_ok(),
        };
        debug_assert!(kept, "nobody cancels the outcome of a thread");
        return;
    }
    drop(forsaken);
    if let Some(panic) = outcome.as_ref().err().and_then(TaskError::panic) {
        excepthook::report(record, panic);
    }
    panic::contain(|| drop(outcome));
}

//! Turns a hang into a failure.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Far longer than any test takes, also on one loaded core.
pub(crate) const HANG: Duration = Duration::from_secs(60);

/// Runs a test in a thread of its own and fails if it takes longer than [`HANG`].
pub(crate) fn watched(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel();
    let thread = thread::spawn(move || {
        test();
        let _ = done.send(());
    });
    match ended.recv_timeout(HANG) {
        Ok(()) => thread.join().expect("it has sent its last message"),
        Err(RecvTimeoutError::Disconnected) => {
            resume_unwind(thread.join().expect_err("it has panicked"))
        }
        Err(RecvTimeoutError::Timeout) => panic!("still running after {HANG:?}: it hangs"),
    }
}

/// Yields until `condition` holds; what it waits for is another thread that needs the core.
pub(crate) fn until(condition: impl Fn() -> bool) {
    while !condition() {
        thread::yield_now();
    }
}

//! Stories that a forked child of this process lives through.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use concurrent_futures::{Future, TaskErrorKind};

/// The watchdog's thread does not follow into the child; the kernel's alarm does its work there.
pub(crate) const CHILD_SECONDS: u32 = 15;

/// Runs `story` in a forked child and fails unless it came to its end there.
pub(crate) fn in_a_child(name: &str, story: impl FnOnce()) {
    // SAFETY: the C library gives the child an allocator in order, std takes no lock of its own in
    // what the stories do, and for the library's locks this is the test.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "no fork: {}", io::Error::last_os_error());
    if pid == 0 {
        be_the_child(name, story);
    }
    let mut status = 0;
    // SAFETY: `pid` is a child of this process that nobody else waits for.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    assert_eq!(waited, pid);
    assert!(!libc::WIFSIGNALED(status), "{name}: ended by signal {}", libc::WTERMSIG(status));
    assert_eq!(libc::WEXITSTATUS(status), 0, "{name}: failed in the child");
}

/// Ends the child without the exit handlers of its parent.
fn be_the_child(name: &str, story: impl FnOnce()) -> ! {
    // SAFETY: `alarm` only arms a timer, whose signal ends a child that hangs.
    unsafe { libc::alarm(CHILD_SECONDS) };
    let outcome = catch_unwind(AssertUnwindSafe(story));
    if let Err(payload) = &outcome {
        let text = payload.downcast_ref::<String>().map_or("no text", String::as_str);
        let _ = writeln!(io::stderr(), "{name}: {text}");
    }
    // SAFETY: `_exit` ends the process at once, which is what a forked child should do.
    unsafe { libc::_exit(i32::from(outcome.is_err())) }
}

pub(crate) fn kind_of<T>(future: Future<T>) -> TaskErrorKind {
    future.result().err().expect("nobody could have run it").kind()
}

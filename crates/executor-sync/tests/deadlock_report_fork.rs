//! A forked child goes on with locks that are followed, whatever the parent's threads were doing.
#![cfg(all(
    feature = "deadlock-report",
    target_os = "linux",
    target_pointer_width = "64",
    not(loom)
))]
#![expect(unsafe_code, reason = "fork is a C function")]

use executor_sync::Lock;
use executor_sync::deadlock::on_deadlock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// How often the parent forks while its threads are in the table of waits.
const FORKS: u32 = 300;
/// Long past what a child needs; the kernel ends one that hangs.
const SECONDS: u32 = 10;

/// Runs `story` in a forked child and returns how that ended: zero if it returned `true` there,
/// 256 if `false`, and a signal's number if it hung.
fn in_a_child(story: impl FnOnce() -> bool) -> i32 {
    // SAFETY: the C library gives the child an allocator in order; the rest is what is tested.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "no fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        // SAFETY: it only arms a timer.
        unsafe { libc::alarm(SECONDS) };
        let came_true = story();
        // SAFETY: it ends the child at once.
        unsafe { libc::_exit(i32::from(!came_true)) };
    }
    let mut status = 0;
    // SAFETY: `pid` is a child that nobody else waits for.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    status
}

#[test]
fn a_child_has_a_table_of_its_own_and_the_hook_of_its_parent() {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    on_deadlock(|_| _ = TOLD.fetch_add(1, Ordering::Relaxed));
    let (inherited, end) = (Lock::new(), AtomicBool::new(false));
    let turn = || {
        let lock = Lock::new();
        while !end.load(Ordering::Relaxed) {
            drop(lock.acquire());
        }
    };
    let mut ends = 0;
    thread::scope(|scope| {
        let _busy = [scope.spawn(turn), scope.spawn(turn)];
        ends = (0..FORKS).map(|_| fork_with(&inherited, &TOLD)).find(|end| *end != 0).unwrap_or(0);
        end.store(true, Ordering::Relaxed);
    });
    assert_eq!(ends, 0, "how a child ended");
}

/// Lets a child give back and take what its parent held, and close a cycle with itself.
fn fork_with(inherited: &Lock, told: &AtomicU32) -> i32 {
    let guard = inherited.acquire();
    in_a_child(|| {
        drop(guard);
        let _held = inherited.acquire();
        let again = inherited.acquire_timeout(Duration::from_millis(1));
        again.is_none() && told.load(Ordering::Relaxed) == 1
    })
}

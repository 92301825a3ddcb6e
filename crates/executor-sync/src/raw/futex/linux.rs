//! Sleeping by the futex system call.
//!
//! # Rules
//!
//! R1. The address given to the kernel is that of an `AtomicU32` borrowed for the whole call, so
//!     it is valid, aligned and four bytes long.
//!     A word of memory that other processes have mapped is found by them as well, if the call is
//!     not private.
//! R2. The timespec given to the kernel is null or borrowed for the whole call, and normalised:
//!     its nanoseconds come from a `Duration`.

use crate::deadline::Deadline;
use crate::primitives::AtomicU32;
use std::ptr;
use std::time::{Duration, Instant};

/// The longest single sleep; callers loop, so this only bounds what the kernel must count to.
const LONGEST_SLEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// The kernel's queue of sleepers, found by the address of the word.
#[derive(Debug)]
pub(crate) struct Bed;

impl Bed {
    pub(crate) const fn new() -> Self {
        Self
    }

    /// Sleeps while `word` is `expected`; returns `false` once the deadline has passed.
    ///
    /// `true` says nothing: woken, interrupted, or the word had changed. Callers look again.
    pub(crate) fn wait(&self, word: &AtomicU32, expected: u32, deadline: Deadline) -> bool {
        wait(word, expected, deadline, libc::FUTEX_PRIVATE_FLAG)
    }

    /// Wakes one of those that sleep on `word`.
    pub(crate) fn wake_one(&self, word: &AtomicU32) {
        wake(word, 1, libc::FUTEX_PRIVATE_FLAG);
    }

    /// Wakes all that sleep on `word`.
    pub(crate) fn wake_all(&self, word: &AtomicU32) {
        wake(word, libc::c_int::MAX, libc::FUTEX_PRIVATE_FLAG);
    }
}

/// As [`Bed::wait`], for a word that several processes have mapped.
pub(crate) fn wait_shared(word: &AtomicU32, expected: u32, deadline: Deadline) -> bool {
    wait(word, expected, deadline, SHARED)
}

/// Wakes one of those that sleep on a word, in whichever process that has it mapped.
#[cold]
pub(crate) fn wake_one_shared(word: &AtomicU32) {
    wake(word, 1, SHARED);
}

/// Wakes all that sleep on a word, in all processes that have it mapped.
#[cold]
pub(crate) fn wake_all_shared(word: &AtomicU32) {
    wake(word, libc::c_int::MAX, SHARED);
}

/// The word is known by the memory it lies in, not by its address in one process.
const SHARED: libc::c_int = 0;

fn wait(word: &AtomicU32, expected: u32, deadline: Deadline, scope: libc::c_int) -> bool {
    let timeout = match deadline {
        Deadline::Now => return false,
        Deadline::At(end) => Some(end.saturating_duration_since(Instant::now())),
        Deadline::Never => None,
    };
    let in_time = timeout != Some(Duration::ZERO);
    if in_time {
        sleep(word, expected, timeout, scope);
    }
    in_time
}

/// Sleeps once, at most so long; it does not matter what ended it, because callers look again.
fn sleep(word: &AtomicU32, expected: u32, timeout: Option<Duration>, scope: libc::c_int) {
    let spec = timeout.map(|timeout| timespec(timeout.min(LONGEST_SLEEP)));
    let spec = spec.as_ref().map_or(ptr::null(), ptr::from_ref);
    let operation = libc::FUTEX_WAIT | scope;
    // SAFETY: R1 for `word`, R2 for `spec`. A relative timeout of FUTEX_WAIT runs on the
    // monotonic clock.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, expected, spec) };
}

fn timespec(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(duration.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(duration.subsec_nanos() as i32),
    }
}

fn wake(word: &AtomicU32, count: libc::c_int, scope: libc::c_int) {
    let operation = libc::FUTEX_WAKE | scope;
    // SAFETY: R1. The kernel does not read the word here, it only hashes its address.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, count) };
}

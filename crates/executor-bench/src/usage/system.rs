//! Two calls of the C library.
//!
//! Rules of this file: R1, `getrusage` writes the whole of what it is given when it returns zero,
//! and reads nothing of it; R2, `malloc_trim` takes a plain number and may be called at any time.

use std::mem::MaybeUninit;

/// What processes have used so far, threads that have ended included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    pub(super) cpu_seconds: f64,
    pub(super) switches: u64,
}

/// What this process has used.
pub(super) fn used_by_this() -> Used {
    used(libc::RUSAGE_SELF)
}

/// What its children had used that have ended and were waited for, and theirs.
pub(super) fn used_by_the_dead() -> Used {
    used(libc::RUSAGE_CHILDREN)
}

fn used(who: libc::c_int) -> Used {
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: R1.
    let result = unsafe { libc::getrusage(who, usage.as_mut_ptr()) };
    assert_eq!(result, 0, "getrusage knows this process and its children");
    // SAFETY: R1.
    let usage = unsafe { usage.assume_init() };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Used {
        cpu_seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        switches: (usage.ru_nvcsw + usage.ru_nivcsw).unsigned_abs(),
    }
}

/// Gives memory that was freed back to the system.
pub(super) fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: R2.
    unsafe {
        libc::malloc_trim(0);
    }
}

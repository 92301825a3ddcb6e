//! A limit under which no thread with a large stack can be started.

use std::fs;
use std::io;

/// More than the limit below leaves, and more than the C library keeps of ended threads.
pub(crate) const STACK: usize = 256 << 20;

/// While it lives no thread with a `STACK` can be started.
pub(crate) struct Limit(libc::rlimit);

impl Limit {
    pub(crate) fn set() -> Self {
        let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: `before` is a limit that may be written to.
        let got = unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut before) };
        assert_eq!(got, 0, "{}", io::Error::last_os_error());
        let room = (STACK / 2) as libc::rlim_t;
        apply(&libc::rlimit { rlim_cur: address_space() + room, rlim_max: before.rlim_max });
        Self(before)
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        apply(&self.0);
    }
}

fn apply(limit: &libc::rlimit) {
    // SAFETY: `limit` is a limit that may be read.
    let set = unsafe { libc::setrlimit(libc::RLIMIT_AS, limit) };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
}

/// What this process has mapped, in bytes.
fn address_space() -> libc::rlim_t {
    let status = fs::read_to_string("/proc/self/status").expect("this test needs /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:")).expect("it has a size");
    let kilobytes = line.trim().trim_end_matches(" kB").parse::<libc::rlim_t>();
    kilobytes.expect("the size is a number") * 1024
}

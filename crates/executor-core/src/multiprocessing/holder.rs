//! Which process has the elements of a shared array.
//!
//! The kernel gives a lock back when the thread that holds it ends, also one that has leaked its
//! guard. But then references to the elements may live on in its process, which may hand them to
//! other threads. So whoever has the elements writes down his process, and strikes it out when he
//! gives them back; who finds the lock free and a process written down has to wait for the end of
//! that process.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use executor_sync::process::Identity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// A process that is being killed needs a moment, also on a busy machine.
const DYING: Duration = Duration::from_secs(1);

/// The process that is written down; two words of shared memory, which are changed under the lock.
pub(super) struct Holder<'a> {
    pub(super) pid: &'a AtomicU64,
    pub(super) born: &'a AtomicU64,
}

impl Holder<'_> {
    /// Writes down the calling process.
    pub(super) fn note(&self) {
        let own = Identity::current();
        // In this order: who is killed in between has not touched the elements.
        self.born.store(own.born, Relaxed);
        self.pid.store(u64::from(own.pid), Relaxed);
    }

    /// Strikes it out, unless this is a copy of a guard in a process that was forked off.
    pub(super) fn strike(&self) {
        if self.found() == Some(Identity::current()) {
            self.pid.store(0, Relaxed);
        }
    }

    fn found(&self) -> Option<Identity> {
        let pid = u32::try_from(self.pid.load(Relaxed)).ok().filter(|pid| *pid != 0)?;
        Some(Identity { pid, born: self.born.load(Relaxed) })
    }

    /// The process that has the elements although the lock was free; a moment is given to one that
    /// is about to end.
    pub(super) fn leaker(&self) -> Option<u32> {
        let found = self.found().filter(|holder| holder.is_alive())?;
        if found != Identity::current() {
            await_end(found.pid);
        }
        found.is_alive().then_some(found.pid)
    }
}

fn await_end(pid: u32) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    // One that has just ended cannot be opened.
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    let limit = Timespec::try_from(DYING).ok();
    // Whatever comes of it, whether it lives is asked again.
    let _ended = poll(&mut [PollFd::new(&process, PollFlags::IN)], limit.as_ref());
}

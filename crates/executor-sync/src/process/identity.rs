//! Which process somebody is, and whether he still lives.

use super::gate::{Guarded, generation};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use std::cell::Cell;
use std::fs;

/// A process, told from a later one that the system gives the same number.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// Its number.
    pub pid: u32,
    /// When it was started, in ticks since the system was; zero where there is no `/proc`.
    pub born: u64,
}

/// What the system shows of a process.
struct Shown {
    ended: bool,
    born: u64,
}

/// What the first thread has found out, and after how many forks: all say the same, also those that
/// come when no descriptor is left to look.
static OURS: Guarded<Option<(u32, Identity)>> = Guarded::new();

thread_local! {
    // Has no destructor, so it can be read while other thread locals are being destroyed.
    static CURRENT: Cell<(u32, Identity)> = const { Cell::new((0, Identity { pid: 0, born: 0 })) };
}

impl Identity {
    /// The calling process.
    #[must_use]
    pub fn current() -> Self {
        let (known, identity) = CURRENT.get();
        if identity.pid != 0 && known == generation() {
            return identity;
        }
        let identity = OURS.with(|ours| match *ours {
            Some((known, identity)) if known == generation() => identity,
            _ => ours.insert((generation(), Self::look())).1,
        });
        CURRENT.set((generation(), identity));
        identity
    }

    fn look() -> Self {
        let pid = std::process::id();
        Self { pid, born: show(pid).map_or(0, |shown| shown.born) }
    }

    /// Whether the process lives. In doubt it does.
    #[must_use]
    pub fn is_alive(self) -> bool {
        match show(self.pid) {
            Some(shown) => !shown.ended && (self.born == 0 || shown.born == self.born),
            None => exists(self.pid),
        }
    }
}

fn exists(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// `None`: there is no such process, or it is not shown.
fn show(pid: u32) -> Option<Shown> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name of the program comes second, in brackets, and may have anything in it.
fn parse(stat: &str) -> Option<Shown> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    // A process whose first thread has ended looks like one that has ended, but for its others.
    let ended = matches!(*fields.first()?, "Z" | "X") && number(17)? <= 1;
    Some(Shown { ended, born: number(19)? })
}

#[cfg(test)]
mod tests;

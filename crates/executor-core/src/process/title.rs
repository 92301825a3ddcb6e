//! What `ps` shows of this process, changed while it runs.
//!
//! Rule T1. The strings that the process was started with lie in memory of its own that it may
//! write, up to the end of the last one. They are changed only while there is no other thread: a
//! [`Title`] is found when there is none, and whoever has it starts none, nor has a copy of his process.

use super::solo::alone;

/// Where the kernel looks for what `ps` shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    start: usize,
    len: usize,
}

impl Title {
    /// The place, if this process has no thread but the calling one.
    pub(crate) fn find() -> Option<Self> {
        if alone() { Self::place() } else { None }
    }

    /// The place, if `/proc` tells it.
    fn place() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let (start, end) = arguments(&stat)?;
        let len = end.checked_sub(start)?;
        (start != 0 && len != 0).then_some(Self { start, len })
    }

    /// Shows as much of `title` as the arguments with which the process was started had room for.
    pub(crate) fn show(self, title: &str) {
        let place = self.start as *mut u8;
        for at in 0..self.len {
            // The last byte stays zero, or the kernel looks beyond it.
            let byte = title.as_bytes().get(at).filter(|_| at + 1 < self.len).copied();
            // SAFETY: T1.
            unsafe { place.wrapping_add(at).write_volatile(byte.unwrap_or(0)) };
        }
    }
}

/// The first address of the arguments and the one behind them, from the line in `/proc/self/stat`.
pub(super) fn arguments(stat: &str) -> Option<(usize, usize)> {
    const FIRST_BEHIND_NAME: usize = 3;
    const ARG_START: usize = 48;
    // The name of the process may have anything in it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(ARG_START - FIRST_BEHIND_NAME);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests;

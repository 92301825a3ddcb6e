//! See the room.

use super::list::{Entry, OFFSET, Thread};
use super::word::{self, Found, THREAD};
use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, AtomicU64, Ordering};
use crate::process::memory::{Memory, TAIL};
use crate::process::recovered::Recovered;
use std::io;
use std::ptr::NonNull;

/// The page behind the shared memory, which this process has for itself.
#[repr(C)]
struct Private {
    /// While it is in a list its first word is not zero, and the memory stays mapped; see `Memory`.
    entry: Entry,
    /// How the holder found the lock: zero, or the bit `ORPHANED` with the process that died. Here
    /// rather than in the guard, for a guard of one word goes through registers.
    news: AtomicU64,
    /// What the holder counts.
    depth: AtomicU32,
    /// The thread in whose list the entry is, by its mark; zero: it is in none.
    lister: AtomicU64,
}

/// See the room.
pub(in crate::process) struct Robust {
    memory: Memory,
    private: NonNull<Private>,
}

impl Clone for Robust {
    fn clone(&self) -> Self {
        Self { memory: self.memory.clone(), private: self.private }
    }
}

const ORPHANED: u64 = 1 << 32;

// SAFETY: R1: what it points at is atomic, and lives as long as it does.
unsafe impl Send for Robust {}
// SAFETY: as above.
unsafe impl Sync for Robust {}

impl Robust {
    /// The lock of this memory.
    ///
    /// # Errors
    ///
    /// If the memory is sealed, or the system does not tell of killed holders.
    pub(in crate::process) fn of(memory: Memory) -> io::Result<Self> {
        let refused = |text: &str| Err(io::Error::new(io::ErrorKind::Unsupported, text));
        let Some(private) = memory.private_page() else {
            return refused("memory that cannot be changed has no lock");
        };
        if !Thread::current().is_listed() {
            return refused(
                "locks of several processes need the kernel's robust futexes, and a C library that \
                 uses them as glibc and musl do; here the system call get_robust_list is refused, \
                 or shows something else",
            );
        }
        Ok(Self { memory, private: private.cast() })
    }

    pub(in crate::process) fn memory(&self) -> &Memory {
        &self.memory
    }

    #[inline]
    fn private(&self) -> &Private {
        // SAFETY: R1.
        unsafe { self.private.as_ref() }
    }

    #[inline]
    fn word(&self) -> &AtomicU32 {
        const FROM_PAGE: isize = size_of::<usize>() as isize + OFFSET;
        const { assert!(FROM_PAGE <= -4 && FROM_PAGE >= 8 - TAIL as isize) };
        // SAFETY: R1: the entry's second word is one pointer behind the beginning of the page.
        let word = unsafe { self.private.cast::<u8>().offset(FROM_PAGE) };
        // SAFETY: R1.
        unsafe { word.cast::<AtomicU32>().as_ref() }
    }

    /// The process that holds the lock, or zero; a hint, for the news of its death.
    #[inline]
    fn holder(&self) -> &AtomicU32 {
        // SAFETY: R1: the tail lies before the page.
        let holder = unsafe { self.private.cast::<u8>().sub(TAIL) };
        // SAFETY: R1.
        unsafe { holder.cast::<AtomicU32>().as_ref() }
    }

    /// What the holder counts, for this process.
    #[inline]
    pub(in crate::process) fn depth(&self) -> &AtomicU32 {
        &self.private().depth
    }

    /// Waits for the lock; `false`: the deadline has passed.
    #[inline]
    #[must_use]
    pub(in crate::process) fn take(&self, deadline: Deadline) -> bool {
        let me = Thread::current();
        let private = self.private();
        me.begin(&private.entry);
        let mut found = word::try_acquire(self.word(), me.number());
        if found.is_none() && !deadline.is_now() {
            found = word::acquire(self.word(), me.number(), deadline);
        }
        if let Some(found) = found {
            self.list(me, found);
        }
        me.end();
        // Relaxed: R2: this thread alone uses the page now.
        match found {
            None => return false,
            Some(Found::Free) => private.news.store(0, Ordering::Relaxed),
            Some(Found::Orphaned) => self.note_death(),
        }
        self.holder().store(me.process, Ordering::Relaxed);
        true
    }

    /// Puts the entry into the list of the caller, who has taken the lock.
    #[inline]
    fn list(&self, me: Thread, found: Found) {
        let private = self.private();
        let lister = private.lister.load(Ordering::Relaxed);
        if lister == 0 || Self::is_left(lister, me, found) {
            private.lister.store(me.mark(), Ordering::Relaxed);
            me.enter(&private.entry);
        }
    }

    /// The list with the entry is no more: that of the parent of a forked process, or of a thread
    /// that has ended. If it is yet, the word was overwritten while that thread had the lock, and
    /// the entry stays where it is; the death of who takes the lock then is not told.
    #[cold]
    fn is_left(lister: u64, me: Thread, found: Found) -> bool {
        // Of a thread that is about to end the system has told already.
        lister != me.mark() && (found == Found::Orphaned || !me.has_beside(lister))
    }

    #[cold]
    fn note_death(&self) {
        let dead = self.holder().load(Ordering::Relaxed);
        self.private().news.store(ORPHANED | u64::from(dead), Ordering::Relaxed);
    }

    /// What the holder, which is the caller, found when he took the lock.
    pub(in crate::process) fn recovered(&self) -> Option<Recovered> {
        let news = self.private().news.load(Ordering::Relaxed);
        (news & ORPHANED != 0).then(|| Recovered::from(news as u32))
    }

    /// Releases the lock, unless another holds it: then this is a copy of a guard in a process that
    /// was forked off.
    #[inline]
    pub(in crate::process) fn give(&self) {
        let me = Thread::current();
        let private = self.private();
        let listed = private.lister.load(Ordering::Relaxed) == me.mark();
        let held = self.is_held_by(me);
        me.begin(&private.entry);
        // Both or none, unless the word was overwritten.
        if listed {
            me.leave(&private.entry);
            private.lister.store(0, Ordering::Relaxed);
        }
        if held {
            self.holder().store(0, Ordering::Relaxed);
            word::release(self.word());
        }
        me.end();
    }

    #[inline]
    fn is_held_by(&self, thread: Thread) -> bool {
        // Relaxed: nobody else writes this thread's number.
        self.word().load(Ordering::Relaxed) & THREAD == thread.number()
    }

    /// The calling thread holds the lock.
    #[inline]
    pub(in crate::process) fn is_mine(&self) -> bool {
        self.is_held_by(Thread::current())
    }

    /// Somebody holds the lock who is not known to be dead.
    pub(in crate::process) fn is_held(&self) -> bool {
        self.word().load(Ordering::Relaxed) & THREAD != 0
    }
}

#[cfg(test)]
mod tests;

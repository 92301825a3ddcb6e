//! The words of one lock, in memory of their own, and the turn that orders changes of them.
//!
//! # Rules
//!
//! P1. What implements [`Words`] consists of atomics only, suits an alignment of 64, and zeroes are
//!     a valid start of it. So whatever another process writes there is a value.
//! P2. A `Page` holds memory that is as long as its words, for as long as it lives.

use super::memory::Memory;
use super::robust::Robust;
use crate::deadline::Deadline;
use crate::primitives::{AtomicU32, Ordering::Relaxed};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;

/// What of a lock is in shared memory.
///
/// # Safety
///
/// Rule P1.
pub(super) unsafe trait Words: Sized {
    /// What the lock is called.
    const NAME: &'static str;
    /// A number that no other kind of lock has.
    const TAG: u32;

    /// Where that number is.
    fn tag(&self) -> &AtomicU32;
}

/// See the file.
pub(super) struct Page<W> {
    robust: Robust,
    words: PhantomData<fn() -> W>,
}

impl<W> Clone for Page<W> {
    fn clone(&self) -> Self {
        Self { robust: self.robust.clone(), words: PhantomData }
    }
}

impl<W: Words> Page<W> {
    /// Makes a page of zeroes.
    pub(super) fn new() -> io::Result<Self> {
        let memory = Memory::zeroed(size_of::<W>())?;
        let page = Self { robust: Robust::of(memory)?, words: PhantomData };
        page.words().tag().store(W::TAG, Relaxed);
        Ok(page)
    }

    /// Takes what has arrived for such a page, or says why it is none.
    fn arrived(memory: Memory) -> Result<Self, String> {
        let other = || format!("what was sent is not a {} but something else", W::NAME);
        if memory.len() != size_of::<W>() {
            return Err(other());
        }
        let robust = Robust::of(memory).map_err(|error| error.to_string())?;
        let page = Self { robust, words: PhantomData };
        if page.words().tag().load(Relaxed) == W::TAG { Ok(page) } else { Err(other()) }
    }

    #[inline]
    pub(super) fn words(&self) -> &W {
        // SAFETY: P1 and P2.
        unsafe { &*self.robust.memory().as_ptr().cast::<W>() }
    }

    /// The lock in the page: what `Lock` and `RLock` are, and what orders the changes of others.
    #[inline]
    pub(super) fn robust(&self) -> &Robust {
        &self.robust
    }

    /// A number for the page that is the same in all processes.
    pub(super) fn number(&self) -> u64 {
        self.robust.memory().number()
    }

    /// Waits until nobody else changes the words. `orphaned`: somebody was killed in doing so.
    pub(super) fn turn(&self) -> Turn<'_, W> {
        let taken = self.robust.take(Deadline::Never);
        debug_assert!(taken, "a wait for ever ends with the lock");
        Turn { page: self, orphaned: self.robust.recovered().is_some() }
    }
}

impl<W> fmt::Debug for Page<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

impl<W> Serialize for Page<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.robust.memory().serialize(serializer)
    }
}

impl<'de, W: Words> Deserialize<'de> for Page<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::arrived(Memory::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Nobody else changes the words while this lives.
pub(super) struct Turn<'a, W: Words> {
    page: &'a Page<W>,
    pub(super) orphaned: bool,
}

impl<W: Words> Deref for Turn<'_, W> {
    type Target = W;

    fn deref(&self) -> &W {
        self.page.words()
    }
}

impl<W: Words> Drop for Turn<'_, W> {
    fn drop(&mut self) {
        self.page.robust.give();
    }
}

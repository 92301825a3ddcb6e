//! What a lock records about itself with the feature: its name and who has to do with it.

use super::graph;
use std::num::NonZeroU64;
use std::panic::Location;
// Not from `primitives`: a model need not explore what only debugging sees.
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A lock's name in reports, and its number in the graph once it was first used.
#[derive(Debug)]
pub(crate) struct Site {
    name: Option<&'static str>,
    made_at: &'static Location<'static>,
    /// Zero until there is one. Not a `OnceLock`: a fork may find that half done.
    number: AtomicU64,
    followed: bool,
}

impl Site {
    #[track_caller]
    pub(crate) const fn unnamed() -> Self {
        Self::new(None, true)
    }

    #[track_caller]
    pub(crate) const fn named(name: &'static str) -> Self {
        Self::new(Some(name), true)
    }

    /// For a lock that nothing is recorded of: it is used where nothing may allocate.
    #[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
    #[track_caller]
    pub(crate) const fn unfollowed() -> Self {
        Self::new(None, false)
    }

    #[track_caller]
    const fn new(name: Option<&'static str>, followed: bool) -> Self {
        Self { name, made_at: Location::caller(), number: AtomicU64::new(0), followed }
    }

    /// The calling thread is about to wait for this lock.
    pub(crate) fn waiting(&self) {
        if let Some(number) = self.number() {
            graph::waiting(number, self.name());
        }
    }

    /// The calling thread's wait ended without the lock.
    pub(crate) fn gave_up(&self) {
        if self.followed {
            graph::gave_up();
        }
    }

    /// The calling thread holds this lock now.
    pub(crate) fn acquired(&self) {
        if let Some(number) = self.number() {
            graph::acquired(number);
        }
    }

    /// This lock is about to be freed, by whatever thread.
    pub(crate) fn released(&self) {
        if let Some(number) = self.number() {
            graph::released(number);
        }
    }

    fn name(&self) -> String {
        self.name.map_or_else(|| format!("the lock of {}", self.made_at), str::to_owned)
    }

    /// Returns the number, which the first call chooses; `None` if the lock is not followed.
    fn number(&self) -> Option<NonZeroU64> {
        if !self.followed {
            return None;
        }
        NonZeroU64::new(self.number.load(Ordering::Relaxed)).or_else(|| self.choose_number())
    }

    fn choose_number(&self) -> Option<NonZeroU64> {
        let new = NEXT.fetch_add(1, Ordering::Relaxed);
        let first = self.number.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
        NonZeroU64::new(first.map_or_else(|other| other, |_none| new))
    }
}

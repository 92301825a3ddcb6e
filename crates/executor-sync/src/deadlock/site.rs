//! What a lock records about itself with the feature: its name and who has to do with it.

use super::graph;
use std::num::NonZeroU64;
use std::panic::Location;
use std::sync::OnceLock;
// Not from `primitives`: a model need not explore what only debugging sees.
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A lock's name in reports, and its number in the graph once it was first used.
#[derive(Debug)]
pub(crate) struct Site {
    name: Option<&'static str>,
    made_at: &'static Location<'static>,
    number: OnceLock<NonZeroU64>,
}

impl Site {
    #[track_caller]
    pub(crate) const fn unnamed() -> Self {
        Self { name: None, made_at: Location::caller(), number: OnceLock::new() }
    }

    #[track_caller]
    pub(crate) const fn named(name: &'static str) -> Self {
        Self { name: Some(name), made_at: Location::caller(), number: OnceLock::new() }
    }

    /// The calling thread is about to wait for this lock.
    pub(crate) fn waiting(&self) {
        let name = self.name.map_or_else(|| format!("the lock of {}", self.made_at), str::to_owned);
        graph::waiting(self.number(), name);
    }

    /// The calling thread's wait ended without the lock.
    pub(crate) fn gave_up(&self) {
        graph::gave_up();
    }

    /// The calling thread holds this lock now.
    pub(crate) fn acquired(&self) {
        graph::acquired(self.number());
    }

    /// This lock is about to be freed, by whatever thread.
    pub(crate) fn released(&self) {
        graph::released(self.number());
    }

    fn number(&self) -> NonZeroU64 {
        *self.number.get_or_init(|| {
            NonZeroU64::new(NEXT.fetch_add(1, Ordering::Relaxed)).expect("numbers start at one")
        })
    }
}

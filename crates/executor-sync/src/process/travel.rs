//! How a descriptor gets from one process to another inside of a value that is sent as bytes.
//!
//! The bytes hold a [`Ticket`]: whose descriptor it is, its number there, and proof of what it has
//! to be. The receiver opens it through `/proc`. That works as long as the sender has it open, so
//! whoever encodes a value for sending [`collect`]s what the value refers to, and keeps it until
//! the receiver has answered.

use serde::{Deserialize, Serialize};
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// What is sent in place of a descriptor.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ticket {
    /// The process that has it open.
    pub(super) pid: u32,
    /// Its number there.
    pub(super) number: i32,
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) what: What,
}

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum What {
    /// Memory that begins with this token.
    Memory { token: u128 },
    /// A descriptor, to be opened for this: bit 0 reading, bit 1 writing.
    Parcel { access: u8 },
}

/// Something that a ticket refers to, kept open.
#[derive(Clone)]
struct Item {
    ticket: Ticket,
    _keep: Arc<dyn Any + Send + Sync>,
}

/// What an encoded value refers to. While it lives, the value can be received.
#[doc(hidden)]
#[derive(Clone, Default)]
#[must_use = "what is dropped can no longer be received"]
pub struct Luggage(
    /// Most values refer to nothing, and then this takes one word and no allocation.
    #[expect(clippy::box_collection, reason = "one word in every task")]
    Option<Box<Vec<Item>>>,
);

impl Luggage {
    /// The value refers to nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What the value refers to.
    #[must_use]
    pub fn tickets(&self) -> Vec<Ticket> {
        self.0.iter().flat_map(|items| items.iter().map(|item| item.ticket)).collect()
    }

    /// Keeps what another one keeps, too.
    pub fn add(&mut self, other: Self) {
        if let Some(items) = other.0 {
            self.0.get_or_insert_default().extend(*items);
        }
    }

    /// What the value refers to, and what keeps it.
    pub(super) fn items(&self) -> impl Iterator<Item = (Ticket, &(dyn Any + Send + Sync))> {
        self.0.iter().flat_map(|items| items.iter().map(|item| (item.ticket, &*item._keep)))
    }

    pub(super) fn push(&mut self, ticket: Ticket, keep: Arc<dyn Any + Send + Sync>) {
        self.0.get_or_insert_default().push(Item { ticket, _keep: keep });
    }
}

impl fmt::Debug for Luggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.tickets()).finish()
    }
}

thread_local! {
    static COLLECTOR: RefCell<Option<Luggage>> = const { RefCell::new(None) };
}

/// Puts the collector of an outer call back, also when a `Serialize` panics.
struct Restore(Option<Luggage>);

impl Restore {
    fn swap(&mut self) {
        // A thread that is ending collects nothing any more.
        let _gone = COLLECTOR.try_with(|mine| std::mem::swap(&mut *mine.borrow_mut(), &mut self.0));
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        self.swap();
    }
}

/// Runs code that encodes a value, and returns what the value refers to beside its result.
#[doc(hidden)]
#[inline]
pub fn collect<T>(encode: impl FnOnce() -> T) -> (T, Luggage) {
    let mut restore = Restore(Some(Luggage::default()));
    restore.swap();
    let result = encode();
    restore.swap();
    let collected = restore.0.take().unwrap_or_default();
    std::mem::forget(restore);
    (result, collected)
}

/// Has the one who encodes keep something; without [`collect`] around it, nobody does.
pub(super) fn note(ticket: Ticket, keep: impl FnOnce() -> Arc<dyn Any + Send + Sync>) {
    let _gone = COLLECTOR.try_with(|collector| {
        if let Some(luggage) = &mut *collector.borrow_mut() {
            luggage.push(ticket, keep());
        }
    });
}

#[cfg(all(test, not(loom)))]
mod tests;

//! The words that the locks share: where threads sleep, who holds, who waits.
//!
//! From the ground up: [`futex`] puts a thread to sleep on a word, [`backoff`] says how long to
//! spin first, [`hesitation`] how long to keep away from a lock, [`lock_word`] is the mutual
//! exclusion under every lock, [`signal`] tells one verdict to those who wait for it, [`wait_list`]
//! keeps waiters in the order of their arrival, and [`waiter`] is a thread or an async task in such
//! a list.

pub(crate) mod futex;
pub(crate) mod backoff;
pub(crate) mod hesitation;
pub(crate) mod lock_word;
pub(crate) mod signal;
pub(crate) mod wait_list;
pub(crate) mod waiter;

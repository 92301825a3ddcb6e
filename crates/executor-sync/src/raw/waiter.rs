//! Who waits: a thread or an async task; and those to be woken once no lock is held.

use crate::primitives::Arc;
use crate::raw::signal::Signal;
use std::collections::VecDeque;
use std::task::Waker;

/// What a thread's signal tells it: its turn has come. There is no other verdict.
pub(crate) const GRANTED: u32 = 0;

/// A thread that sleeps on its signal, or a task that will be polled.
#[derive(Debug)]
pub(crate) enum Waiter {
    Thread(Arc<Signal>),
    Task(Waker),
}

impl Waiter {
    fn wake(self) {
        match self {
            Self::Thread(signal) => signal.tell(GRANTED),
            Self::Task(waker) => waker.wake(),
        }
    }
}

/// Waiters whose turn has come, woken when this is dropped.
///
/// A waker runs foreign code, which may come back for the same lock, so it runs after the queue
/// has been unlocked. Dropping wakes the rest even if one of them panics: their turn has been
/// given to them, and without a wake it would be lost.
#[derive(Debug)]
#[must_use = "dropped too early it wakes while the queue is locked"]
pub(crate) struct WakeList {
    /// Nearly always there is one, and then there is no allocation.
    first: Option<Waiter>,
    rest: VecDeque<Waiter>,
}

impl WakeList {
    pub(crate) const fn new() -> Self {
        Self { first: None, rest: VecDeque::new() }
    }

    /// Adds a waiter behind those already here.
    pub(crate) fn push(&mut self, waiter: Waiter) {
        match self.first {
            None => self.first = Some(waiter),
            Some(_) => self.rest.push_back(waiter),
        }
    }

    fn wake_all(&mut self) {
        while let Some(waiter) = self.first.take().or_else(|| self.rest.pop_front()) {
            waiter.wake();
        }
    }
}

impl Drop for WakeList {
    fn drop(&mut self) {
        WakeRemaining(self).0.wake_all();
    }
}

/// Goes on where a panicking waker stopped; a second panic aborts, as any during unwinding.
struct WakeRemaining<'a>(&'a mut WakeList);

impl Drop for WakeRemaining<'_> {
    fn drop(&mut self) {
        self.0.wake_all();
    }
}

#[cfg(all(test, not(loom)))]
mod tests;

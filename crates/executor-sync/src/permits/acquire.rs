//! Waiting for permits as an async task.

use super::permit::Permit;
use super::pool::{Enqueued, Pool};
use crate::raw::wait_list::Key;
use crate::raw::waiter::Waiter;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of [`Semaphore::acquire_async`](crate::Semaphore::acquire_async) and its siblings.
///
/// It queues when first polled, behind every thread and task that already waits. Dropped while it
/// waits it leaves the queue; dropped after its permits were granted and before it was polled
/// again, it gives them back. It needs no particular runtime.
#[must_use = "futures do nothing unless awaited or polled"]
pub struct Acquire<'a> {
    pool: &'a Pool,
    want: usize,
    state: State,
}

/// ```text
///  Start ── polled, permits free ──▶ Done
///    └───── polled ──▶ Waiting ── polled after the grant ──▶ Done
/// ```
#[derive(Debug, Clone, Copy)]
enum State {
    Start,
    Waiting(Key),
    Done,
}

impl<'a> Acquire<'a> {
    pub(crate) fn new(pool: &'a Pool, want: usize) -> Self {
        Self { pool, want, state: State::Start }
    }

    /// Returns whether the permits are the caller's now; if not, its task will be woken.
    fn advance(&mut self, cx: &mut Context<'_>) -> bool {
        match self.state {
            State::Start if self.pool.try_take(self.want) => true,
            State::Start => {
                let waiter = Waiter::Task(cx.waker().clone());
                match self.pool.enqueue(self.want, waiter) {
                    Enqueued::Granted => true,
                    Enqueued::Waiting(key) => {
                        self.state = State::Waiting(key);
                        false
                    }
                }
            }
            State::Waiting(key) => !self.pool.renew(key, cx.waker()),
            State::Done => panic!("an `Acquire` was polled after it had returned its permit"),
        }
    }
}

impl<'a> Future for Acquire<'a> {
    type Output = Permit<'a>;

    /// # Panics
    ///
    /// If polled after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit<'a>> {
        if !self.advance(cx) {
            return Poll::Pending;
        }
        self.state = State::Done;
        Poll::Ready(Permit::new(self.pool, self.want))
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        if let State::Waiting(key) = self.state
            && !self.pool.withdraw(key)
        {
            self.pool.put_back(self.want);
        }
    }
}

impl fmt::Debug for Acquire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire").field("want", &self.want).finish_non_exhaustive()
    }
}

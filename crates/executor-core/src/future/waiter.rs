//! Who is told when a task has ended: a parked thread, an async task, or a set that gathers many
//! futures; and the callbacks that run before any of them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

use slab::Slab;

use crate::error::TaskError;
use crate::primitives::atomic::{AtomicBool, Ordering::*};
use crate::primitives::{Mutex, thread};

pub(super) type Callback<T> = Box<dyn FnOnce(Result<&T, &TaskError>) + Send>;

/// Somebody who waits for one future.
#[derive(Debug)]
pub(super) enum Waiter {
    /// A thread that parks until the future is released.
    Thread(thread::Thread),
    /// The async task that polled the future last.
    Task(Waker),
    /// A set, which knows the future by this index.
    Set(Arc<WaitSet>, usize),
}

impl Waiter {
    pub(super) fn wake(self, failed: bool) {
        match self {
            Self::Thread(thread) => thread.unpark(),
            Self::Task(waker) => waker.wake(),
            Self::Set(set, index) => set.arrive(index, failed),
        }
    }
}

/// Names a waiter in its list, to take it out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(usize);

const FIRST: Key = Key(0);

/// Everybody who listens to one future: in most cases one, who needs no memory beyond this.
pub(super) struct Listeners<T> {
    callbacks: VecDeque<Callback<T>>,
    first: Option<Waiter>,
    others: Option<Box<Slab<Waiter>>>,
}

impl<T> Listeners<T> {
    pub(super) fn new() -> Self {
        Self { callbacks: VecDeque::new(), first: None, others: None }
    }

    pub(super) fn add(&mut self, waiter: Waiter) -> Key {
        if self.first.is_none() {
            self.first = Some(waiter);
            return FIRST;
        }
        Key(self.others.get_or_insert_default().insert(waiter) + 1)
    }

    /// Takes a waiter out; `None` if it has been told already.
    pub(super) fn remove(&mut self, key: Key) -> Option<Waiter> {
        if key == FIRST {
            return self.first.take();
        }
        self.others.as_mut()?.try_remove(key.0 - 1)
    }

    /// Remembers the waker of the one async task that polls. Returns the waker it has no use for,
    /// whose drop is the user's code and must wait until the lock is free.
    #[must_use]
    pub(super) fn set_waker(&mut self, waker: Waker) -> Option<Waiter> {
        let waker = Waiter::Task(waker);
        match self.task() {
            Some(key) => self.waiter(key).map(|known| std::mem::replace(known, waker)),
            None => {
                self.add(waker);
                None
            }
        }
    }

    /// Takes out the waker of the async task that polls.
    pub(super) fn take_waker(&mut self) -> Option<Waiter> {
        self.task().and_then(|key| self.remove(key))
    }

    /// The async task that polls.
    fn task(&self) -> Option<Key> {
        let is_task = |waiter: &Waiter| matches!(waiter, Waiter::Task(_));
        if self.first.as_ref().is_some_and(is_task) {
            return Some(FIRST);
        }
        let mut others = self.others.iter().flat_map(|others| others.iter());
        others.find(|(_, waiter)| is_task(waiter)).map(|(place, _)| Key(place + 1))
    }

    fn waiter(&mut self, key: Key) -> Option<&mut Waiter> {
        if key == FIRST {
            return self.first.as_mut();
        }
        self.others.as_mut()?.get_mut(key.0 - 1)
    }

    pub(super) fn add_callback(&mut self, callback: Callback<T>) {
        self.callbacks.push_back(callback);
    }

    pub(super) fn next_callback(&mut self) -> Option<Callback<T>> {
        self.callbacks.pop_front()
    }

    /// Empties the list.
    pub(super) fn take_waiters(&mut self) -> impl Iterator<Item = Waiter> + use<T> {
        let others = self.others.take().into_iter().flat_map(|others| others.into_iter());
        self.first.take().into_iter().chain(others.map(|(_, waiter)| waiter))
    }
}

/// Gathers the ends of many futures for one who waits for some or all of them.
#[derive(Debug)]
pub(super) struct WaitSet {
    arrivals: Mutex<Arrivals>,
    /// Enough have ended. Changed only under the lock; read without it by whoever spins.
    complete: AtomicBool,
}

#[derive(Debug)]
struct Arrivals {
    /// Who has ended and has not been taken, in that order.
    ready: VecDeque<usize>,
    /// How many more must end before the sleeper is woken.
    missing: usize,
    /// Whether a failure wakes the sleeper before that.
    failure_wakes: bool,
    sleeper: Option<Sleeper>,
}

#[derive(Debug)]
pub(super) enum Sleeper {
    Thread(thread::Thread),
    Task(Waker),
}

impl Sleeper {
    fn wake(self) {
        match self {
            Self::Thread(thread) => thread.unpark(),
            Self::Task(waker) => waker.wake(),
        }
    }
}

impl WaitSet {
    /// A set that lets go after `missing` ends, or after the first failure if that is asked for.
    pub(super) fn new(missing: usize, failure_wakes: bool) -> Self {
        let arrivals = Arrivals { ready: VecDeque::new(), missing, failure_wakes, sleeper: None };
        Self { arrivals: Mutex::new(arrivals), complete: AtomicBool::new(missing == 0) }
    }

    /// A future has ended.
    pub(super) fn arrive(&self, index: usize, failed: bool) {
        let mut arrivals = self.arrivals.lock();
        arrivals.ready.push_back(index);
        arrivals.missing = arrivals.missing.saturating_sub(1);
        if arrivals.missing > 0 && !(failed && arrivals.failure_wakes) {
            return;
        }
        // Release: partner of the Acquire in `complete`.
        self.complete.store(true, Release);
        let sleeper = arrivals.sleeper.take();
        drop(arrivals);
        if let Some(sleeper) = sleeper {
            sleeper.wake();
        }
    }

    /// Enough have ended.
    pub(super) fn complete(&self) -> bool {
        self.complete.load(Acquire)
    }

    /// Takes the future that ended first among those not taken. When there is none, the set lets go
    /// again after the next one.
    pub(super) fn take_one(&self) -> Option<usize> {
        let mut arrivals = self.arrivals.lock();
        let taken = arrivals.ready.pop_front();
        if taken.is_none() {
            arrivals.missing = 1;
            self.complete.store(false, Relaxed);
        }
        taken
    }

    /// Names who is woken when enough have ended, in place of whoever was named before; false, and
    /// nobody is named, when that is so already.
    pub(super) fn sleep(&self, sleeper: Sleeper) -> bool {
        let mut arrivals = self.arrivals.lock();
        // Relaxed: the lock orders it.
        if self.complete.load(Relaxed) {
            return false;
        }
        let replaced = arrivals.sleeper.replace(sleeper);
        drop(arrivals);
        drop(replaced);
        true
    }
}

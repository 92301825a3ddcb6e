//! Who is told when a task has ended: a parked thread, an async task, or a set that gathers many
//! futures; and the callbacks that run before any of them.

use std::collections::VecDeque;
use std::mem;
use std::num::NonZero;
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
pub(super) struct Key(NonZero<u32>);

impl Key {
    const FIRST: Self = Self(NonZero::<u32>::MIN);

    /// Of a waiter in this place among the others.
    fn of(place: usize) -> Self {
        let key = u32::try_from(place + 2).ok().and_then(NonZero::new);
        Self(key.expect("so many threads and tasks do not wait for one future"))
    }

    /// Its place among the others; `None`: it is the first.
    fn place(self) -> Option<usize> {
        (self.0.get() as usize).checked_sub(2)
    }
}

/// Whom to tell of the end of one future: in most cases one, who needs no memory beyond this.
pub(super) struct Listeners<T> {
    first: Option<Listener<T>>,
    others: Option<Box<Others<T>>>,
}

enum Listener<T> {
    Callback(Callback<T>),
    Waiter(Waiter),
}

/// Those who came when there was a first one already.
struct Others<T> {
    callbacks: VecDeque<Callback<T>>,
    waiters: Slab<Waiter>,
}

impl<T> Listeners<T> {
    pub(super) fn new() -> Self {
        Self { first: None, others: None }
    }

    pub(super) fn add(&mut self, waiter: Waiter) -> Key {
        if self.first.is_none() {
            self.first = Some(Listener::Waiter(waiter));
            return Key::FIRST;
        }
        Key::of(self.others().waiters.insert(waiter))
    }

    /// Takes a waiter out; `None` if it has been told already.
    pub(super) fn remove(&mut self, key: Key) -> Option<Waiter> {
        match key.place() {
            None => self.take_first_waiter(),
            Some(place) => self.others.as_mut()?.waiters.try_remove(place),
        }
    }

    /// Remembers the waker of the one async task that polls. Returns the waker it has no use for,
    /// whose drop is the user's code and must wait until the lock is free.
    #[must_use]
    pub(super) fn set_waker(&mut self, waker: Waker) -> Option<Waiter> {
        let waker = Waiter::Task(waker);
        match self.task() {
            Some(key) => self.waiter(key).map(|known| mem::replace(known, waker)),
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
        if let Some(Listener::Waiter(Waiter::Task(_))) = self.first {
            return Some(Key::FIRST);
        }
        let mut others = self.others.iter().flat_map(|others| others.waiters.iter());
        others.find(|(_, waiter)| matches!(waiter, Waiter::Task(_))).map(|(at, _)| Key::of(at))
    }

    fn waiter(&mut self, key: Key) -> Option<&mut Waiter> {
        match (key.place(), &mut self.first) {
            (None, Some(Listener::Waiter(waiter))) => Some(waiter),
            (None, _) => None,
            (Some(place), _) => self.others.as_mut()?.waiters.get_mut(place),
        }
    }

    /// Callbacks run in the order in which they were added.
    pub(super) fn add_callback(&mut self, callback: Callback<T>) {
        if self.first.is_none() && self.others.is_none() {
            self.first = Some(Listener::Callback(callback));
        } else {
            self.others().callbacks.push_back(callback);
        }
    }

    pub(super) fn next_callback(&mut self) -> Option<Callback<T>> {
        match self.first.take() {
            Some(Listener::Callback(callback)) => return Some(callback),
            waiter => self.first = waiter,
        }
        self.others.as_mut()?.callbacks.pop_front()
    }

    /// Empties the list, which has no callbacks any more.
    pub(super) fn take_waiters(&mut self) -> impl Iterator<Item = Waiter> + use<T> {
        let others = self.others.take().map(|others| others.waiters);
        let others = others.into_iter().flatten().map(|(_, waiter)| waiter);
        self.take_first_waiter().into_iter().chain(others)
    }

    fn take_first_waiter(&mut self) -> Option<Waiter> {
        match self.first.take() {
            Some(Listener::Waiter(waiter)) => Some(waiter),
            callback => {
                self.first = callback;
                None
            }
        }
    }

    fn others(&mut self) -> &mut Others<T> {
        self.others.get_or_insert_with(|| {
            Box::new(Others { callbacks: VecDeque::new(), waiters: Slab::new() })
        })
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

    /// Exchanges `taken`, which is empty, for all that have ended and have not been taken, in that
    /// order: however many they are, the set is locked once. It lets go again after the next one.
    pub(super) fn take(&self, taken: &mut VecDeque<usize>) {
        debug_assert!(taken.is_empty(), "these would come once more");
        let mut arrivals = self.arrivals.lock();
        mem::swap(&mut arrivals.ready, taken);
        arrivals.missing = 1;
        // Relaxed: the lock orders it.
        self.complete.store(false, Relaxed);
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

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

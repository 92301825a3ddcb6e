//! Waiting until something another thread does has made a difference.

use crate::deadline::Deadline;
use crate::guard::{Guard, Permission, Suspend};
use crate::mutex::Mutex;
use crate::primitives::{Arc, AtomicUsize, Ordering, const_unless_loom};
use crate::raw::backoff::Patience;
use crate::raw::signal::Signal;
use crate::raw::wait_list::{Key, WaitList};
use crate::raw::waiter::{Waiter, WakeList};
use std::fmt;
use std::panic::RefUnwindSafe;
use std::time::Duration;

/// Lets threads that hold a lock wait until another thread notifies them; Python's
/// `threading.Condition`.
///
/// Python's condition owns its lock; here the guard of any lock is passed to the wait: a
/// [`LockGuard`](crate::LockGuard), a [`MutexGuard`](crate::MutexGuard), or an
/// [`RLockGuard`](crate::RLockGuard), all of whose levels are released and restored.
///
/// A wait ends by a notification or its timeout and for no other reason: there are no spurious
/// wake-ups. Between the notification and the return another thread may still take the lock, so
/// check what you wait for in a loop, or use [`wait_for`](Self::wait_for).
///
/// Unlike Python, notifying does not need the lock. To not miss a waiter, change what it waits
/// for while holding the lock; before or after releasing it, notify.
///
/// # Which lock
///
/// All threads that wait at one time must wait with the same lock; anything else is a mistake in
/// the program, and the wait that differs panics. When nobody waits the condition is free to be
/// used with another lock.
///
/// # Memory ordering
///
/// What a thread did before it notified is visible to those it woke.
///
/// # Examples
///
/// ```
/// use executor_sync::{Condition, Mutex};
///
/// let queue = Mutex::new(Vec::new());
/// let not_empty = Condition::new();
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         queue.lock().push("item");
///         not_empty.notify(1);
///     });
///     let mut guard = queue.lock();
///     not_empty.wait_for(&mut guard, |queue| !queue.is_empty(), None);
///     assert_eq!(guard.pop(), Some("item"));
/// });
/// ```
#[doc(alias = "threading.Condition")]
pub struct Condition {
    /// The number of threads in `queue`, changed only with it. A thread enters before it releases
    /// its own lock, so who changed something under that lock sees those who waited for it.
    waiting: AtomicUsize,
    queue: Mutex<Queue>,
}

// The one panic in here, for a wrong lock, comes before the queue is changed.
impl RefUnwindSafe for Condition {}

#[derive(Debug)]
struct Queue {
    threads: WaitList<Waiter>,
    /// The lock of all that wait; of the last that did, if nobody does.
    lock_address: usize,
}

impl Condition {
    const_unless_loom! {
        /// Makes a condition that nobody waits for.
        #[must_use]
        pub fn new() -> Self {
            let queue = Queue { threads: WaitList::new(), lock_address: 0 };
            Self { waiting: AtomicUsize::new(0), queue: Mutex::new(queue) }
        }
    }

    /// Releases the lock, waits until notified, and takes the lock again.
    ///
    /// Entering the queue and releasing the lock are one step for whoever holds the lock next.
    /// Woken by [`notify`](Self::notify) and [`notify_all`](Self::notify_all) only. If anything
    /// panics meanwhile, the lock is taken back first.
    ///
    /// # Panics
    ///
    /// If threads wait with another lock; the guard is untouched.
    pub fn wait<G: Guard>(&self, guard: &mut G) {
        self.wait_until(guard, Deadline::Never);
    }

    /// Waits as [`wait`](Self::wait) does, at most `timeout`; returns whether it was notified.
    ///
    /// Taking the lock again is not subject to the timeout. Zero releases the lock and takes it
    /// again without sleeping, so that others get a turn; `Duration::MAX` waits for ever. Notified
    /// at the last moment it returns `true`: a notification is never used up by a wait that says
    /// it timed out.
    ///
    /// # Panics
    ///
    /// If threads wait with another lock; the guard is untouched.
    pub fn wait_timeout<G: Guard>(&self, guard: &mut G, timeout: Duration) -> bool {
        self.wait_until(guard, Deadline::after(timeout))
    }

    /// Waits until `predicate` holds, at most `timeout` altogether; returns its last answer.
    ///
    /// The predicate runs with the lock held, before the first wait, after each notification, and
    /// once more at the end. It is given what the lock protects: the `T` of a `Mutex<T>`, `()`
    /// for the others. `None` and `Duration::MAX` wait for ever; zero evaluates it and does not
    /// wait. If it panics, the lock is held and its guard unharmed.
    ///
    /// # Panics
    ///
    /// If threads wait with another lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use executor_sync::{Condition, Mutex};
    /// use std::time::Duration;
    ///
    /// let (ready, changed) = (Mutex::new(false), Condition::new());
    /// let mut guard = ready.lock();
    /// let timeout = Some(Duration::from_millis(1));
    /// assert!(!changed.wait_for(&mut guard, |ready| *ready, timeout));
    /// ```
    pub fn wait_for<G: Guard>(
        &self,
        guard: &mut G,
        mut predicate: impl FnMut(&mut G::Data) -> bool,
        timeout: Option<Duration>,
    ) -> bool {
        let deadline = Deadline::after_option(timeout);
        while !predicate(guard.data()) {
            if !self.wait_until(guard, deadline) {
                return predicate(guard.data());
            }
        }
        true
    }

    /// Wakes the `count` threads that have waited longest, or all if they are fewer.
    ///
    /// Zero, or nobody waiting, does nothing: a notification is not kept for later.
    #[doc(alias = "notify_one")]
    pub fn notify(&self, count: usize) {
        // Relaxed: the notifier's own lock orders this after the count of those it may not miss.
        if count > 0 && self.waiting.load(Ordering::Relaxed) > 0 {
            self.notify_slow(count);
        }
    }

    /// Wakes all that wait.
    pub fn notify_all(&self) {
        self.notify(usize::MAX);
    }

    /// Returns the number of threads that wait and have not been notified. The answer may be old
    /// when it arrives.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    #[cold]
    fn notify_slow(&self, count: usize) {
        let mut wakes = WakeList::new();
        let mut queue = self.queue.lock_soon();
        for _ in 0..count {
            let Some(thread) = queue.threads.pop_front() else { break };
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            wakes.push(thread);
        }
        drop(queue);
        drop(wakes);
    }

    fn wait_until<G: Guard>(&self, guard: &mut G, deadline: Deadline) -> bool {
        let signal = Arc::new(Signal::new());
        let key = self.enter(&signal, guard.lock_address());
        let _restored_at_the_end = Suspended::new(guard);
        signal.wait(deadline, Patience::Pause).is_some() || !self.leave(key)
    }

    fn enter(&self, signal: &Arc<Signal>, lock_address: usize) -> Key {
        let thread = Waiter::Thread(Arc::clone(signal));
        let mut queue = self.queue.lock_soon();
        assert!(
            queue.threads.is_empty() || queue.lock_address == lock_address,
            "cannot wait for a condition with one lock while threads wait for it with another"
        );
        queue.lock_address = lock_address;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        queue.threads.push_back(thread)
    }

    /// Leaves the queue; `false` if a notification had already taken the caller out of it.
    fn leave(&self, key: Key) -> bool {
        let left = self.queue.lock_soon().threads.remove(key).is_some();
        if left {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        left
    }
}

impl Default for Condition {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").field("n_waiting", &self.n_waiting()).finish_non_exhaustive()
    }
}

/// A guard whose lock is given up until this is dropped, by return or by unwinding.
struct Suspended<'a, G: Suspend> {
    guard: &'a mut G,
    saved: G::Saved,
}

impl<'a, G: Suspend> Suspended<'a, G> {
    fn new(guard: &'a mut G) -> Self {
        let saved = guard.suspend(Permission::of_condition());
        Self { guard, saved }
    }
}

impl<G: Suspend> Drop for Suspended<'_, G> {
    fn drop(&mut self) {
        self.guard.restore(self.saved, Permission::of_condition());
    }
}

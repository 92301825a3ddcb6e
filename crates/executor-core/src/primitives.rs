//! What threads share: atomics, locks, parking. std's in a real build, a model checker's under
//! `--cfg loom` or `--cfg shuttle`, so that the checkers run the very code that ships.

#[cfg(not(any(loom, shuttle)))]
mod real {
    pub(crate) use std::sync::atomic;
    pub(crate) use std::sync::{Condvar as RawCondvar, Mutex as RawMutex, MutexGuard};
    pub(crate) use std::thread;
}

#[cfg(loom)]
mod real {
    pub(crate) use loom::sync::atomic;
    pub(crate) use loom::sync::{Mutex as RawMutex, MutexGuard};

    /// loom's threads, with a token for parking that is an object of its own: loom's `unpark` would
    /// also wake a thread that waits for a lock or for the end of another, and would order memory
    /// for a thread that never parks.
    pub(crate) mod thread {
        use std::sync::Arc;

        use loom::sync::Notify;
        pub(crate) use loom::thread::{JoinHandle, spawn, yield_now};

        #[derive(Clone, Debug)]
        pub(crate) struct Thread(Arc<Notify>);

        loom::thread_local! {
            static TOKEN: Thread = Thread(Arc::default());
        }

        impl Thread {
            pub(crate) fn unpark(&self) {
                self.0.notify();
            }
        }

        pub(crate) fn current() -> Thread {
            TOKEN.with(Thread::clone)
        }

        pub(crate) fn park() {
            current().0.wait();
        }
    }
}

#[cfg(shuttle)]
mod real {
    pub(crate) use shuttle::sync::atomic;
    pub(crate) use shuttle::sync::{Condvar as RawCondvar, Mutex as RawMutex, MutexGuard};
    pub(crate) use shuttle::thread;
}

use std::fmt;
use std::sync::PoisonError;
#[cfg(not(any(loom, shuttle)))]
use std::sync::TryLockError;
use std::time::{Duration, Instant};

pub(crate) use real::{MutexGuard, atomic, thread};

/// A thread-local whose first value is a constant; in a model one for each of the model's threads.
macro_rules! per_thread {
    ($($(#[$attr:meta])* static $name:ident: $type:ty = $first:expr;)*) => {$(
        #[cfg(not(any(loom, shuttle)))]
        std::thread_local!($(#[$attr])* static $name: $type = const { $first });
        #[cfg(loom)]
        loom::thread_local!($(#[$attr])* static $name: $type = $first);
        #[cfg(shuttle)]
        shuttle::thread_local!($(#[$attr])* static $name: $type = $first);
    )*};
}
pub(crate) use per_thread;

/// A mutex without poisoning: what it guards here is never left half changed, because no code of a
/// user runs under it.
#[derive(Default)]
pub(crate) struct Mutex<T>(real::RawMutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(real::RawMutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None`: somebody else has it.
    #[cfg(not(any(loom, shuttle)))]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mutex { .. }")
    }
}

/// A condition variable for [`Mutex`], with deadlines instead of durations.
#[cfg(not(loom))]
#[derive(Debug, Default)]
pub(crate) struct Condvar(real::RawCondvar);

#[cfg(not(loom))]
impl Condvar {
    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }

    /// Waits for a notification or the deadline; the caller re-checks its condition and the clock.
    pub(crate) fn wait<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        deadline: Option<Instant>,
    ) -> MutexGuard<'a, T> {
        match deadline {
            None => self.0.wait(guard).unwrap_or_else(PoisonError::into_inner),
            Some(at) => {
                let left = at.saturating_duration_since(Instant::now());
                self.0.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }
}

/// A cell whose accesses the model checker can watch.
#[derive(Debug)]
pub(crate) struct UnsafeCell<T>(
    #[cfg(not(loom))] std::cell::UnsafeCell<T>,
    #[cfg(loom)] loom::cell::UnsafeCell<T>,
);

impl<T> UnsafeCell<T> {
    pub(crate) fn new(value: T) -> Self {
        #[cfg(not(loom))]
        return Self(std::cell::UnsafeCell::new(value));
        #[cfg(loom)]
        return Self(loom::cell::UnsafeCell::new(value));
    }

    /// Lends a pointer for reading.
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        #[cfg(not(loom))]
        return f(self.0.get());
        #[cfg(loom)]
        return self.0.with(f);
    }

    /// Lends a pointer for writing.
    #[inline]
    pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        #[cfg(not(loom))]
        return f(self.0.get());
        #[cfg(loom)]
        return self.0.with_mut(f);
    }
}

/// Parks the thread until it is unparked or the deadline has come; may also return early.
pub(crate) fn park_until(deadline: Option<Instant>) {
    match deadline {
        None => thread::park(),
        #[cfg(not(any(loom, shuttle)))]
        Some(at) => thread::park_timeout(at.saturating_duration_since(Instant::now())),
        #[cfg(any(loom, shuttle))]
        Some(at) => model_clock::sleep_until(at),
    }
}

/// The deadline has come.
pub(crate) fn past(deadline: Option<Instant>) -> bool {
    #[cfg(any(loom, shuttle))]
    if deadline.is_some_and(model_clock::reached) {
        return true;
    }
    deadline.is_some_and(|at| Instant::now() >= at)
}

/// Time in a model, which has no clock: whoever sleeps until a deadline in the far future has slept
/// through at once. What others do before and after that moment, the model checker varies.
#[cfg(any(loom, shuttle))]
mod model_clock {
    use std::cell::Cell;
    use std::time::Instant;

    per_thread! {
        /// The latest deadline through which this thread has slept.
        static REACHED: Cell<Option<Instant>> = Cell::new(None);
    }

    pub(super) fn sleep_until(at: Instant) {
        #[cfg(shuttle)]
        super::thread::yield_now();
        let _gone = REACHED.try_with(|reached| reached.set(reached.get().max(Some(at))));
    }

    pub(super) fn reached(at: Instant) -> bool {
        REACHED.try_with(|reached| reached.get() >= Some(at)).unwrap_or(false)
    }
}

/// Lets other cores go ahead for so many of the processor's pauses. A model's threads need none.
pub(crate) fn pause(times: u32) {
    if cfg!(not(any(loom, shuttle))) {
        (0..times).for_each(|_| std::hint::spin_loop());
    }
}

/// How a spin ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spun {
    /// What was awaited was there at once, or came from another core.
    Beside,
    /// It came while this thread had given its core away, and probably from there.
    OnThisCore,
    /// It has not come.
    InVain,
}

/// Spins for a moment until `ready` holds. Never spins when the workers that are awake could use
/// every core, because whatever is awaited would be kept from running.
#[inline]
pub(crate) fn spin_until(rounds: Rounds, mut ready: impl FnMut() -> bool) -> Spun {
    if !cores_to_spare(rounds.counted) {
        return if ready() { Spun::Beside } else { Spun::InVain };
    }
    // Each look takes the cache line from whoever is about to write it, so looks become rarer.
    let mut interval = 1;
    let mut paused = 0;
    while paused < rounds.pauses {
        if ready() {
            return Spun::Beside;
        }
        pause(interval);
        paused += interval;
        interval = (interval * 2).min(32);
    }
    if ready() { Spun::Beside } else { give_way_until(rounds.yields, ready) }
}

/// Lets others have the core, time and again, until `ready` holds.
fn give_way_until(yields: u32, mut ready: impl FnMut() -> bool) -> Spun {
    let mut given = Duration::ZERO;
    let begun = Instant::now();
    for _ in 0..yields {
        thread::yield_now();
        let before = std::mem::replace(&mut given, begun.elapsed());
        if ready() {
            return came_during(given.saturating_sub(before));
        }
        // Whoever gave way for so long is not alone with what it waits for, and gets its turn
        // sooner when it is woken from a sleep.
        if given > A_WHILE {
            break;
        }
    }
    Spun::InVain
}

/// Where from something came during a yield that took so long.
fn came_during(given: Duration) -> Spun {
    // Who has the core for longer does something else with it.
    if given > A_SWITCH && given <= A_WHILE { Spun::OnThisCore } else { Spun::Beside }
}

/// The system takes less time to find that there is nobody to give way to, and more to switch to
/// another thread and back.
const A_SWITCH: Duration = Duration::from_micros(1);
/// The longest that giving way to others may take in [`spin_until`].
const A_WHILE: Duration = Duration::from_micros(150);

/// Sleeps for so long. A model's threads give way at every step and need no sleep.
pub(crate) fn nap(time: Duration) {
    if cfg!(not(any(loom, shuttle))) {
        std::thread::sleep(time);
    }
}

/// How long [`spin_until`] tries: first with the processor's pause, then giving way to others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rounds {
    pub(crate) pauses: u32,
    pub(crate) yields: u32,
    /// The spinning thread is itself a worker that counts as awake.
    pub(crate) counted: bool,
}

impl Rounds {
    /// For a thread that shares its core with those it waits for: they do nothing while it pauses.
    pub(crate) const fn giving_way_at_once(self) -> Self {
        Self { pauses: 0, ..self }
    }
}

/// The workers of all pools that are neither asleep nor blocked.
#[cfg(not(any(loom, shuttle)))]
static AWAKE: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

/// Counts a thread as awake, or as asleep again. Relaxed: it only tells whether a spin is likely to
/// pay.
pub(crate) fn count_awake(awake: bool) {
    #[cfg(not(any(loom, shuttle)))]
    if awake {
        AWAKE.fetch_add(1, atomic::Ordering::Relaxed);
    } else {
        AWAKE.fetch_sub(1, atomic::Ordering::Relaxed);
    }
    #[cfg(any(loom, shuttle))]
    let _ = awake;
}

/// The cores that this process may use, which takes several system calls the first time.
#[cfg(not(any(loom, shuttle)))]
pub(crate) fn cores() -> usize {
    use std::sync::OnceLock;
    static CORES: OnceLock<usize> = OnceLock::new();
    let count = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    *CORES.get_or_init(count)
}

#[cfg(not(any(loom, shuttle)))]
fn cores_to_spare(counted: bool) -> bool {
    let cores = cores();
    let others = AWAKE.load(atomic::Ordering::Relaxed).saturating_sub(usize::from(counted));
    cores > 1 && others < cores
}

#[cfg(any(loom, shuttle))]
fn cores_to_spare(_counted: bool) -> bool {
    false
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;

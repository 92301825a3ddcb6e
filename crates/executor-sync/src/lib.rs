//! Python's `threading` locks for Rust: what std lacks, as good as the best single-purpose ones.
//!
//! | Python | here | for | loom model | property |
//! |---|---|---|---|---|
//! | [`threading.Lock`][py-lock] | [`Lock`] | one thread at a time; any thread may release | `tests/loom/lock.rs` | `it/lock.rs`: no two inside, no wake lost |
//! | a `Lock` and a value | [`Mutex<T>`](Mutex) | a value only its holder can reach | `tests/loom/lock.rs` | `it/mutex.rs`: no addition lost |
//! | [`threading.RLock`][py-rlock] | [`RLock`] | a lock its owner may take again | `tests/loom/rlock.rs` | `it/rlock.rs`: depth is the model's |
//! | [`threading.Condition`][py-condition] | [`Condition`] | wait until notified, oldest first | `tests/loom/condition.rs` | `it/condition.rs`: order, and no item lost |
//! | [`threading.Semaphore`][py-semaphore] | [`Semaphore`] | so many at a time, threads and async tasks in one queue | `tests/loom/semaphore.rs` | `it/semaphore_model.rs`: permits conserved, served in order |
//! | [`threading.BoundedSemaphore`][py-bounded] | [`BoundedSemaphore`] | and never more than at the start | `tests/loom/semaphore.rs` | `it/bounded_semaphore.rs`: the value never exceeds the start |
//! | [`threading.Event`][py-event] | [`Event`] | a flag to wait for | `tests/loom/event.rs`, `src/event/model.rs` | `src/event/tests.rs`: never misses a set |
//! | [`threading.Barrier`][py-barrier] | [`Barrier`] | wait for each other; timeout, abort, reset | `tests/loom/barrier.rs` | `it/barrier_model.rs`: one outcome a generation |
//! | the locks of [`multiprocessing`][py-processes] | [`process`] | the same among processes; the death of a holder is told | `src/process/*/loom_tests.rs` | `tests/process_locks` of the facade: 1,225 kills, nothing lost |
//! | `threading.BrokenBarrierError` | [`BrokenBarrierError`] | | | |
//! | `RuntimeError`, `ValueError` on a wrong release | [`NotLockedError`], [`NotOwnerError`], [`OverReleaseError`] | | | |
//!
//! [py-lock]: https://docs.python.org/3/library/threading.html#lock-objects
//! [py-rlock]: https://docs.python.org/3/library/threading.html#rlock-objects
//! [py-condition]: https://docs.python.org/3/library/threading.html#condition-objects
//! [py-semaphore]: https://docs.python.org/3/library/threading.html#semaphore-objects
//! [py-bounded]: https://docs.python.org/3/library/threading.html#threading.BoundedSemaphore
//! [py-event]: https://docs.python.org/3/library/threading.html#event-objects
//! [py-processes]: https://docs.python.org/3/library/multiprocessing.html#synchronization-primitives
//! [py-barrier]: https://docs.python.org/3/library/threading.html#barrier-objects
//!
//! # Forms
//!
//! Python's `acquire(blocking, timeout)` is three methods here: `acquire()` waits for ever,
//! `try_acquire()` does not wait, `acquire_timeout(duration)` waits so long. Leaving a `with`
//! block is dropping a guard. Where Python lets anybody release, `acquire_raw` and `release` do.
//!
//! ```
//! use executor_sync::Lock;
//! use std::time::Duration;
//!
//! let lock = Lock::new();
//! {
//!     let _guard = lock.acquire();                                // with lock:
//!     assert!(lock.try_acquire().is_none());                      // acquire(blocking=False)
//!     let wait = Duration::from_millis(1);
//!     assert!(lock.acquire_timeout(wait).is_none());              // acquire(timeout=0.001)
//! }
//! lock.acquire_raw();                                             // acquire()
//! lock.release()?;                                                // release()
//! # Ok::<(), executor_sync::NotLockedError>(())
//! ```
//!
//! # Timeouts
//!
//! Every wait can end by a timeout. Deadlines are fixed when the call begins and run on the
//! monotonic clock, so a change of the wall clock means nothing. `Duration::ZERO` tries without
//! sleeping. `Duration::MAX`, and whatever the clock cannot count to, waits for ever; nothing
//! overflows. A call that times out changes nothing, but for the barrier, which it breaks, as in
//! Python. What arrives at the last moment is kept: nobody says that it timed out and holds
//! the lock, the permit or the notification.
//!
//! # No poisoning
//!
//! A panic releases what its guards hold, and the next thread goes on as after any other release.
//! Std's locks make the next thread look at that; Python's do not, and nor do these. Whoever can
//! panic half way through a change leaves the half change behind: build the new state first and
//! put it in place in one step, or keep a flag beside it. A barrier is the exception, because the
//! others would wait for ever: it breaks.
//!
//! # What is built on what
//!
//! | part | taken from | why, or why not |
//! |---|---|---|
//! | sleeping, 64-bit Linux | the futex system call | std's is private; one word serves locks, signals and events |
//! | sleeping, elsewhere | `parking_lot_core` | a tested parker for every system |
//! | `Lock`, `Mutex`, `RLock` | own word, the states of std's futex mutex | std's has no timed wait, and parking_lot's cannot be seen by loom; doubling pauses before sleeping keep it as fast as both under contention, or faster |
//! | `lock_api` | not used | its guards cannot be released by another thread nor suspended at all levels by a condition |
//! | `Condition` | own queue | the order of Python, no spurious wake-ups, any of the three locks |
//! | semaphores | own word and queue | tokio's has no timed wait for threads, async-lock's no order |
//! | `Event`, `Barrier` | own | std has no event, and its barrier no timeout, abort or action |
//! | `process::*` | own word in the C library's list of robust mutexes | `pthread_mutex_t` keeps its links in the shared memory, where any process could write them |
//!
//! `unsafe` is in `mutex.rs`, `raw/futex/linux.rs`, `raw/futex/portable.rs`,
//! `deadlock/published.rs`, and for shared memory in the files of `process` that say so; each
//! opens with its rules, or cites those of `process/page.rs`. The words are model-checked by loom
//! on this code, not on a copy of it.
//!
//! # Features
//!
//! - `deadlock-report`: tells which threads wait for each other's locks, by the names given with
//!   `Lock::named` and its siblings. Off by default, and then it costs nothing. For debugging.
//!
//! # Platform-specific behavior
//!
//! Locks live in one process, but for those in [`process`]. After a fork the child's copies are its own; a lock that another
//! thread held at the fork is held for ever in the child.

mod error;
mod primitives;
mod deadline;
mod thread_id;
#[cfg(feature = "deadlock-report")]
pub mod deadlock;
#[cfg(not(feature = "deadlock-report"))]
mod deadlock;
mod raw;
mod guard;
mod lock;
#[expect(unsafe_code, reason = "a value that only the holder of the lock may reach")]
mod mutex;
mod rlock;
mod condition;
mod permits;
mod semaphore;
mod bounded_semaphore;
mod event;
mod barrier;
pub mod process;

pub use barrier::Barrier;
pub use bounded_semaphore::BoundedSemaphore;
pub use condition::Condition;
pub use error::{BrokenBarrierError, NotLockedError, NotOwnerError, OverReleaseError};
pub use event::Event;
pub use guard::Guard;
pub use lock::{Lock, LockGuard};
pub use mutex::{Mutex, MutexGuard};
pub use permits::{Acquire, Permit};
pub use rlock::{RLock, RLockGuard};
pub use semaphore::Semaphore;

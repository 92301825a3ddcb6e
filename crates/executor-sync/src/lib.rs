//! Python's `threading` locks for Rust.

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

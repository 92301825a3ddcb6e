//! Locks that threads of several processes use at once.
//!
//! | Python | here | when a process dies |
//! |---|---|---|
//! | `multiprocessing.Lock` | `Lock` | the next taker gets the lock of the dead, with the news |
//! | `multiprocessing.RLock` | `RLock` | the same |
//! | `multiprocessing.Semaphore` | `Semaphore` | its permits come back, with the news |
//! | `multiprocessing.BoundedSemaphore` | `BoundedSemaphore` | the same |
//! | `multiprocessing.Event` | `Event` | nothing: nobody holds it |
//! | `multiprocessing.Condition` | `Condition` | its notification goes to the next that waited |
//! | `multiprocessing.Barrier` | `Barrier` | if it had arrived, the barrier breaks for the others |
//! | leaves the others waiting | `Recovered` | says which process died |
//!
//! They are made in one process and sent to others as part of a task's argument or result, or
//! inherited by a fork; a clone, and what arrives, is the same lock. The forms are those of the
//! locks of [one process](crate), without `acquire_raw` and `acquire_async`: a lock belongs to the
//! thread that took it, which is how its death can be told. They are in memory without a name,
//! which is gone with the last process that has it, however that ends. Each takes a descriptor in
//! every process that has it.
//!
//! The sender may drop its handle as soon as it has submitted the task: the pool keeps what an
//! argument refers to until the task has ended. Code that encodes one by other means keeps a handle
//! until the other side has decoded it.
//!
//! # How they stay whole
//!
//! `Lock` and `RLock` are a word that the kernel gives back when its holder ends: a robust futex, in
//! the list that the C library keeps for each thread. The others order their changes by such a
//! lock. Each change is made of steps between which a process can be killed, and whoever comes next
//! finishes it or takes it back. Who waits sleeps in the kernel, and looks every 50 milliseconds
//! whether somebody has died; nobody looks while nobody waits.
//!
//! What another process writes into the memory of a lock by mistake makes the lock's answers wrong,
//! or has it wait for ever, but never corrupts this process: no pointer, index or length is taken
//! from there unchecked.
//!
//! # Platform-specific behavior
//!
//! 64-bit Linux, with a C library whose robust mutexes are as in glibc and musl; elsewhere this
//! module is empty. The processes belong to one user, and to one namespace of process numbers.
//! `/proc` is needed to send a lock, and to tell a dead process from a later one with its number.
//! Deadlines run on the monotonic clock; zero tries, `Duration::MAX` is for ever.
//!
//! After a fork the locks go on being shared; the copy of a guard or a permit in the child holds
//! nothing. A thread that leaks a guard and ends counts as dead.

#[cfg(not(loom))]
mod travel;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "what a fork must not find half done; rule A1")]
mod gate;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod arrival;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod parcel;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod recent;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "mappings; rules M1 to M4")]
mod memory;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod pickup;
#[cfg(all(not(loom), not(all(target_os = "linux", target_pointer_width = "64"))))]
mod elsewhere;
#[cfg(any(all(loom, test), all(not(loom), target_os = "linux", target_pointer_width = "64")))]
mod bed;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod recovered;
#[cfg(any(all(loom, test), all(not(loom), target_os = "linux", target_pointer_width = "64")))]
#[cfg_attr(
    not(loom),
    expect(unsafe_code, reason = "the kernel's list of locks; rules L1 to L4, R1 and R2")
)]
mod robust;
#[cfg(any(all(loom, test), all(not(loom), target_os = "linux", target_pointer_width = "64")))]
mod flag;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod identity;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "words in shared memory; rules P1 and P2")]
mod page;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod queue;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod guard;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "words in shared memory; rule P1")]
mod lock;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "words in shared memory; rule P1")]
mod rlock;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "words in shared memory; rule P1")]
mod permits;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod semaphore;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod bounded_semaphore;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "words in shared memory; rule P1")]
mod event;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "words in shared memory; rule P1")]
mod condition;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[expect(unsafe_code, reason = "words in shared memory; rule P1")]
mod barrier;

#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
pub use self::{
    barrier::Barrier,
    bounded_semaphore::BoundedSemaphore,
    condition::Condition,
    event::Event,
    guard::Guard,
    lock::{Lock, LockGuard},
    permits::Permit,
    recovered::Recovered,
    rlock::{RLock, RLockGuard},
    semaphore::Semaphore,
};
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[doc(hidden)]
pub use self::{
    identity::Identity,
    memory::Memory,
    parcel::{Access, Parcel},
    pickup::{hand_over, pick_up, take_over},
    recent::{let_go, linger, lingers},
};
#[cfg(all(unix, not(loom), not(all(target_os = "linux", target_pointer_width = "64"))))]
#[doc(hidden)]
pub use elsewhere::{hand_over, take_over};
#[cfg(all(not(loom), not(all(target_os = "linux", target_pointer_width = "64"))))]
#[doc(hidden)]
pub use elsewhere::{let_go, linger, lingers, pick_up};
#[cfg(not(loom))]
#[doc(hidden)]
pub use travel::{Luggage, Ticket, collect};

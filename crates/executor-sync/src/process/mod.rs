//! Locks in shared memory, which threads and processes use at once, and the memory itself.

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
#[expect(unsafe_code, reason = "mappings; rules M1 to M4")]
mod memory;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod pickup;
#[cfg(all(not(loom), not(all(target_os = "linux", target_pointer_width = "64"))))]
mod elsewhere;
#[cfg(any(loom, all(target_os = "linux", target_pointer_width = "64")))]
mod bed;
#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
mod recovered;
#[cfg(any(loom, all(target_os = "linux", target_pointer_width = "64")))]
#[cfg_attr(
    not(loom),
    expect(unsafe_code, reason = "the kernel's list of locks; rules L1 to L4, R1 and R2")
)]
mod robust;
#[cfg(any(loom, all(target_os = "linux", target_pointer_width = "64")))]
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
    memory::Memory,
    parcel::{Access, Parcel},
    pickup::pick_up,
};
#[cfg(all(not(loom), not(all(target_os = "linux", target_pointer_width = "64"))))]
#[doc(hidden)]
pub use elsewhere::pick_up;
#[cfg(not(loom))]
#[doc(hidden)]
pub use travel::{Luggage, Ticket, collect};

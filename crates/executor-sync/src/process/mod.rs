//! Locks in shared memory, which threads and processes use at once, and the memory itself.

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
#[cfg(not(all(not(loom), target_os = "linux", target_pointer_width = "64")))]
mod elsewhere;

#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
#[doc(hidden)]
pub use self::{
    memory::Memory,
    parcel::{Access, Parcel},
    pickup::pick_up,
};
#[cfg(not(all(not(loom), target_os = "linux", target_pointer_width = "64")))]
#[doc(hidden)]
pub use elsewhere::pick_up;
#[doc(hidden)]
pub use travel::{Luggage, Ticket, collect};

//! What a turn takes from the machine: CPU time, context switches, memory. Only Linux tells.

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "two calls of the C library that no crate we use wraps")]
mod system;
#[cfg(target_os = "linux")]
mod family;
mod meter;

pub(crate) use meter::{Meter, Usage, give_memory_back, of_passes, typical};

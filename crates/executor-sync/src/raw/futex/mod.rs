//! A 32-bit word that threads can sleep on, and the systems that make them sleep.
//!
//! Each system offers one type, `Bed`, with the same three methods:
//!
//! | file | where | by |
//! |---|---|---|
//! | `linux` | 64-bit Linux and Android | the futex system call |
//! | `portable` | everywhere else, and in the tests on Linux | `parking_lot_core` |
//! | `model` | `--cfg loom` | a loom mutex and condition variable |

// The system call is not admitted elsewhere: 32-bit kernels disagree on the size of a timespec.
#[cfg(all(
    not(loom),
    any(target_os = "linux", target_os = "android"),
    target_pointer_width = "64"
))]
#[expect(unsafe_code, reason = "the futex system call has no safe wrapper in std")]
mod linux;

#[cfg(all(
    not(loom),
    any(
        test,
        not(any(target_os = "linux", target_os = "android")),
        not(target_pointer_width = "64")
    )
))]
#[expect(unsafe_code, reason = "parking_lot_core leaves the rules for its callbacks to the caller")]
mod portable;

#[cfg(loom)]
mod model;

mod word;

#[cfg(all(not(loom), target_os = "linux", target_pointer_width = "64"))]
pub(crate) use linux::{wait_shared, wake_all_shared, wake_one_shared};
pub(crate) use word::Futex;

#[cfg(all(test, not(loom)))]
mod tests;

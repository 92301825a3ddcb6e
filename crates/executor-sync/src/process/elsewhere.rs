//! Where nothing can be sent yet that tickets would be for.

use super::travel::{Luggage, Ticket};
#[cfg(unix)]
use std::os::fd::{BorrowedFd, OwnedFd};

/// Fetches nothing.
#[doc(hidden)]
pub fn pick_up(_tickets: &[Ticket]) -> Luggage {
    Luggage::default()
}

/// Hands nothing over.
#[cfg(unix)]
#[doc(hidden)]
#[must_use]
pub fn hand_over(_luggage: &Luggage) -> Vec<(Ticket, BorrowedFd<'_>)> {
    Vec::new()
}

/// Takes nothing over.
#[cfg(unix)]
#[doc(hidden)]
pub fn take_over(_given: Vec<(Ticket, OwnedFd)>) -> Luggage {
    Luggage::default()
}

/// Nothing is received that could be kept.
#[doc(hidden)]
pub fn linger() {}

/// Nothing is kept.
#[doc(hidden)]
#[must_use]
pub fn lingers() -> bool {
    false
}

/// Nothing is kept.
#[doc(hidden)]
pub fn let_go() {}

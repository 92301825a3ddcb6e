//! Fetches what a value refers to before the value is decoded.

use super::memory::Memory;
use super::parcel;
use super::travel::{Luggage, Ticket, What};
use std::any::Any;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// Opens what the tickets stand for, while their sender is known to have it open.
///
/// While the result lives, a value with these tickets can be decoded in this process. What cannot
/// be opened is left out, and decoding the value says why.
#[doc(hidden)]
pub fn pick_up(tickets: &[Ticket]) -> Luggage {
    let mut luggage = Luggage::default();
    for ticket in tickets {
        match ticket.what {
            What::Memory { .. } => {
                if let Ok(memory) = Memory::receive(ticket) {
                    luggage.push(*ticket, Arc::new(memory));
                }
            }
            What::Parcel { .. } => parcel::pick_up(ticket, &mut luggage),
        }
    }
    luggage
}

/// The descriptors behind the tickets of a value, for a process that is started with copies of them
/// and calls [`take_over`].
#[doc(hidden)]
#[must_use]
pub fn hand_over(luggage: &Luggage) -> Vec<(Ticket, BorrowedFd<'_>)> {
    luggage.items().filter_map(|(ticket, kept)| Some((ticket, descriptor_in(kept)?))).collect()
}

fn descriptor_in(kept: &(dyn Any + Send + Sync)) -> Option<BorrowedFd<'_>> {
    let parcel = kept.downcast_ref::<OwnedFd>().map(AsFd::as_fd);
    parcel.or_else(|| Memory::descriptor_in(kept))
}

/// Takes the descriptors that this process was started with.
///
/// While the result lives, a value with these tickets can be decoded in this process, whatever has
/// become of its sender. What is not as it was sent is left out, and decoding the value says why.
#[doc(hidden)]
pub fn take_over(given: Vec<(Ticket, OwnedFd)>) -> Luggage {
    let mut luggage = Luggage::default();
    for (ticket, descriptor) in given {
        match ticket.what {
            What::Memory { .. } => {
                if let Ok(memory) = Memory::take_over(&ticket, descriptor) {
                    luggage.push(ticket, Arc::new(memory));
                }
            }
            What::Parcel { .. } => parcel::take_over(&ticket, Arc::new(descriptor), &mut luggage),
        }
    }
    luggage
}

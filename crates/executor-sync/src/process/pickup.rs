//! Fetches what a value refers to before the value is decoded.

use super::memory::Memory;
use super::parcel;
use super::travel::{Luggage, Ticket, What};
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

//! A descriptor that travels, for what is no memory: an end of a pipe, for example.

use super::arrival::{identity, receive};
use super::gate::Guarded;
use super::travel::{Luggage, Ticket, What, note};
use rustix::fs::OFlags;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Weak};

/// What the receiver may do with a descriptor.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    Both,
}

impl Access {
    fn bits(self) -> u8 {
        match self {
            Self::Read => 1,
            Self::Write => 2,
            Self::Both => 3,
        }
    }

    fn from_bits(bits: u8) -> Option<Self> {
        [Self::Read, Self::Write, Self::Both].into_iter().find(|access| access.bits() == bits)
    }

    fn flags(self) -> OFlags {
        match self {
            Self::Read => OFlags::RDONLY,
            Self::Write => OFlags::WRONLY,
            Self::Both => OFlags::RDWR,
        }
    }
}

/// A descriptor of a file, of memory or of a pipe, that can be part of a task's argument or result.
///
/// The receiver opens it anew, so that flags and the position are its own. A socket cannot be
/// opened anew, and says so when it is received.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Parcel {
    descriptor: Arc<OwnedFd>,
    access: Access,
}

/// Descriptors that were picked up at their sender before the value with their ticket was decoded.
static WAITING: Guarded<HashMap<Ticket, Weak<OwnedFd>>> = Guarded::new();

impl Parcel {
    /// Makes it possible to send a descriptor, to be opened for `access` by the receiver.
    #[must_use]
    pub fn new(descriptor: OwnedFd, access: Access) -> Self {
        Self { descriptor: Arc::new(descriptor), access }
    }

    /// The descriptor itself, if this is the only handle to it in this process; else this handle.
    ///
    /// # Errors
    ///
    /// Hands the parcel back while a clone of it exists, or a task that carries it.
    pub fn into_descriptor(self) -> Result<OwnedFd, Self> {
        let access = self.access;
        Arc::try_unwrap(self.descriptor).map_err(|descriptor| Self { descriptor, access })
    }

    fn ticket(&self) -> io::Result<Ticket> {
        let (device, inode) = identity(&self.descriptor)?;
        Ok(Ticket {
            pid: std::process::id(),
            number: self.descriptor.as_raw_fd(),
            device,
            inode,
            what: What::Parcel { access: self.access.bits() },
        })
    }

    fn receive(ticket: &Ticket) -> Result<Self, String> {
        let What::Parcel { access } = ticket.what else {
            return Err("the ticket is for memory, not for a descriptor".to_owned());
        };
        let access = Access::from_bits(access)
            .ok_or_else(|| format!("the ticket asks for the unknown access {access}"))?;
        let waiting = WAITING.with(|waiting| waiting.get(ticket)?.upgrade());
        let copy = waiting.and_then(|descriptor| descriptor.try_clone().ok());
        let descriptor = copy.map_or_else(|| receive(ticket, access.flags()), Ok)?;
        Ok(Self::new(descriptor, access))
    }
}

impl AsFd for Parcel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl Serialize for Parcel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ticket = self.ticket().map_err(ser::Error::custom)?;
        note(ticket, || self.descriptor.clone());
        ticket.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Parcel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::receive(&Ticket::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Opens a descriptor now, for a value that will be decoded while the luggage lives.
pub(super) fn pick_up(ticket: &Ticket, luggage: &mut Luggage) {
    if let Ok(parcel) = Parcel::receive(ticket) {
        take_over(ticket, parcel.descriptor, luggage);
    }
}

/// The descriptor that a ticket is for, for a value that will be decoded while the luggage lives.
pub(super) fn take_over(ticket: &Ticket, descriptor: Arc<OwnedFd>, luggage: &mut Luggage) {
    WAITING.with(|waiting| {
        waiting.retain(|_, descriptor| descriptor.strong_count() > 0);
        waiting.insert(*ticket, Arc::downgrade(&descriptor));
    });
    luggage.push(*ticket, descriptor);
}

#[cfg(test)]
mod tests;

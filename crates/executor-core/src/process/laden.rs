//! A result that refers to descriptors: behind its bytes follow the tickets for them, and the
//! length of these.

use executor_sync::process::Ticket;

use super::codec::{self, CodecError};
use super::frame::FrameError;

/// The length of the tickets, at the very end.
const LENGTH: usize = size_of::<u32>();

/// Appends the tickets to the bytes of a value.
pub(crate) fn load(tickets: Vec<Ticket>, into: &mut Vec<u8>) -> Result<(), CodecError> {
    let before = into.len();
    codec::encode(&tickets, into)?;
    let bytes = into.len() - before;
    let length = u32::try_from(bytes)
        .map_err(|_| CodecError::too_long(bytes as u64, u64::from(u32::MAX)))?;
    into.extend_from_slice(&length.to_le_bytes());
    Ok(())
}

/// How many of these bytes are the value's, and the tickets behind them.
pub(crate) fn unload(bytes: &[u8]) -> Result<(usize, Vec<Ticket>), FrameError> {
    let wrong = || FrameError::Item { len: LENGTH, left: bytes.len() };
    let (rest, length) = bytes.split_last_chunk::<LENGTH>().ok_or_else(wrong)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| wrong())?;
    let value = rest.len().checked_sub(length).ok_or_else(wrong)?;
    let tickets = codec::decode(&rest[value..]).map_err(|_| wrong())?;
    Ok((value, tickets))
}

#[cfg(test)]
mod tests;

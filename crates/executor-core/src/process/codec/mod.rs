//! Values as bytes: postcard's format, and whole blocks of memory for bytes, text and numbers.
//!
//! Both ends are the same build on the same machine and know the static type, by which they choose
//! the way: a `plain` type travels as it lies in memory, in native byte order; all else goes
//! through `writer` and `reader`, which leave single values to postcard and do the nesting
//! themselves. That keeps the reason of a refusal, which postcard's own error drops, and bounds the
//! nesting.

mod limits;
mod error;
mod plain;
mod writer;
mod reader;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use error::CodecError;
pub(crate) use plain::{for_each_number, is_plain};

use reader::Reader;
use writer::Writer;

/// Appends the bytes of a value; on an error, or if its `Serialize` panics, nothing is appended.
pub(crate) fn encode<T: Serialize + 'static>(
    value: &T,
    into: &mut Vec<u8>,
) -> Result<(), CodecError> {
    if let Some(bytes) = plain::bytes_of(value) {
        into.try_reserve(bytes.len()).map_err(|_| CodecError::no_room(bytes.len()))?;
        into.extend_from_slice(bytes);
        return Ok(());
    }
    let mut undo = Undo { len: into.len(), into };
    value.serialize(&mut Writer::new(undo.into))?;
    undo.len = undo.into.len();
    Ok(())
}

/// The value whose bytes these are, all of them.
pub(crate) fn decode<T: DeserializeOwned + 'static>(bytes: &[u8]) -> Result<T, CodecError> {
    if let Some(value) = plain::from_bytes(bytes) {
        return value;
    }
    let mut reader = Reader::new(bytes);
    let value = T::deserialize(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

/// Cuts a buffer back to what it was.
struct Undo<'a> {
    into: &'a mut Vec<u8>,
    len: usize,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        self.into.truncate(self.len);
    }
}

use std::any::{Any, TypeId};

use bytemuck::Pod;
use bytemuck::allocation::{cast_vec, try_zeroed_slice_box};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{self, CodecError, for_each_number, is_plain};

#[cfg(test)]
mod tests;

/// The bytes of one value, in memory that suits its type: bytes, text and vectors of numbers move
/// in and out without being copied.
#[derive(Debug)]
pub(crate) enum Body {
    /// All that is not a vector of wider numbers.
    Bytes(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
}

impl Default for Body {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

/// Does the same with whichever vector a body is.
macro_rules! in_each {
    ($body:expr, $vec:ident => $do:expr) => {
        match $body {
            Body::Bytes($vec) => $do,
            Body::U16($vec) => $do,
            Body::U32($vec) => $do,
            Body::U64($vec) => $do,
        }
    };
}

impl Body {
    /// The bytes of a value, the same that [`codec::encode`] appends.
    pub(crate) fn of<T: Serialize + 'static>(value: T) -> Result<Self, CodecError> {
        if is_plain::<T>() {
            return Ok(Self::take(&mut Some(value)).expect("every plain type has a kind of body"));
        }
        let mut bytes = Vec::new();
        codec::encode(&value, &mut bytes)?;
        Ok(Self::Bytes(bytes))
    }

    /// Values of this type move in and out without being copied.
    pub(crate) fn moves<T: 'static>() -> bool {
        macro_rules! vectors {
            ($($number:ty),*) => {
                [$(TypeId::of::<Vec<$number>>()),*].contains(&TypeId::of::<T>())
            };
        }
        let texts = [TypeId::of::<String>(), TypeId::of::<Box<str>>(), TypeId::of::<Box<[u8]>>()];
        for_each_number!(vectors) || texts.contains(&TypeId::of::<T>())
    }

    /// Moves the value in if it is a block of memory.
    fn take(value: &mut dyn Any) -> Option<Self> {
        macro_rules! vectors {
            ($($number:ty),*) => {$(
                if let Some(numbers) = value.downcast_mut::<Option<Vec<$number>>>() {
                    return numbers.take().map(<$number>::store);
                }
            )*};
        }
        for_each_number!(vectors);
        if let Some(text) = value.downcast_mut::<Option<String>>() {
            return text.take().map(String::into_bytes).map(Self::Bytes);
        }
        if let Some(text) = value.downcast_mut::<Option<Box<str>>>() {
            return text.take().map(|text| Self::Bytes(text.into_boxed_bytes().into_vec()));
        }
        let bytes = value.downcast_mut::<Option<Box<[u8]>>>()?;
        bytes.take().map(|bytes| Self::Bytes(bytes.into_vec()))
    }

    /// The [`width`](Self::width) of a body in which a `T` lies.
    fn width_for<T: 'static>() -> u8 {
        macro_rules! vectors {
            ($($number:ty),*) => {$(
                if TypeId::of::<T>() == TypeId::of::<Vec<$number>>() {
                    return size_of::<$number>() as u8;
                }
            )*};
        }
        for_each_number!(vectors);
        1
    }

    /// Zeroes in which so many bytes of a `T` can be put.
    pub(crate) fn room_for<T: 'static>(len: usize) -> Result<Self, CodecError> {
        Self::room(Self::width_for::<T>(), len)
    }

    /// The same memory for so many bytes of a `T`, which are to be written over, if it is of the
    /// right kind and size.
    pub(crate) fn reuse_for<T: 'static>(self, len: usize) -> Option<Self> {
        self.reuse(Self::width_for::<T>(), len)
    }

    /// The same memory for so many bytes of numbers of this size; see
    /// [`reuse_for`](Self::reuse_for).
    pub(crate) fn reuse(mut self, width: u8, len: usize) -> Option<Self> {
        if self.width() != width || !in_each!(&mut self, vec => refit(vec, len)) {
            return None;
        }
        Some(self)
    }

    /// The size of the numbers that are in here; see [`room`](Self::room).
    pub(crate) fn width(&self) -> u8 {
        match self {
            Self::Bytes(_) => 1,
            Self::U16(_) => 2,
            Self::U32(_) => 4,
            Self::U64(_) => 8,
        }
    }

    /// Zeroes in which so many bytes of numbers of this size can be put.
    pub(crate) fn room(width: u8, len: usize) -> Result<Self, CodecError> {
        Ok(match width {
            2 => Self::U16(zeroes(len)?),
            4 => Self::U32(zeroes(len)?),
            8 => Self::U64(zeroes(len)?),
            _ => Self::Bytes(zeroes(len)?),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        in_each!(self, vec => bytemuck::cast_slice(vec))
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        in_each!(self, vec => bytemuck::cast_slice_mut(vec))
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        in_each!(self, vec => size_of_val(vec.as_slice()))
    }

    /// How many bytes of memory it has besides.
    pub(crate) fn spare(&self) -> usize {
        in_each!(self, vec => spare_of(vec))
    }

    /// The value whose bytes these are, as [`codec::decode`] reads it.
    pub(crate) fn decode<T: DeserializeOwned + 'static>(mut self) -> Result<T, CodecError> {
        if !is_plain::<T>() {
            return codec::decode(self.as_bytes());
        }
        // An empty place for a `T`, into which only a value of the very same type fits.
        let mut place = None::<T>;
        self.give(&mut place)?;
        match place {
            Some(value) => Ok(value),
            None => codec::decode(self.as_bytes()),
        }
    }

    /// Moves the memory out if the place is for such a block; else nothing changes.
    fn give(&mut self, place: &mut dyn Any) -> Result<(), CodecError> {
        macro_rules! vectors {
            ($($number:ty),*) => {$(
                if let Some(place) = place.downcast_mut::<Option<Vec<$number>>>() {
                    *place = <$number>::load(self);
                    return Ok(());
                }
            )*};
        }
        for_each_number!(vectors);
        let Self::Bytes(bytes) = self else { return Ok(()) };
        if let Some(place) = place.downcast_mut::<Option<String>>() {
            *place = Some(text(bytes)?);
        } else if let Some(place) = place.downcast_mut::<Option<Box<str>>>() {
            *place = Some(text(bytes)?.into());
        } else if let Some(place) = place.downcast_mut::<Option<Box<[u8]>>>() {
            *place = Some(std::mem::take(bytes).into());
        }
        Ok(())
    }
}

fn spare_of<N>(vec: &Vec<N>) -> usize {
    (vec.capacity() - vec.len()) * size_of::<N>()
}

/// Gives the vector a length of so many bytes; false: it would have to grow, or much of it would be
/// of no use.
fn refit<N: Pod>(vec: &mut Vec<N>, bytes: usize) -> bool {
    /// What a value may hold besides its bytes.
    const SLACK: usize = 1 << 20;
    let element = size_of::<N>();
    let useless = (vec.capacity() * element).checked_sub(bytes);
    let fits = bytes.is_multiple_of(element)
        && useless.is_some_and(|useless| useless <= SLACK.min(bytes / 4));
    if fits {
        vec.resize(bytes / element, N::zeroed());
    }
    fits
}

fn text(bytes: &mut Vec<u8>) -> Result<String, CodecError> {
    let text = String::from_utf8(std::mem::take(bytes));
    text.map_err(|_| CodecError::no_text())
}

/// Memory straight from the system is zero already, and large blocks are just that.
fn zeroes<N: Pod>(len: usize) -> Result<Vec<N>, CodecError> {
    let element = size_of::<N>();
    if !len.is_multiple_of(element) {
        return Err(CodecError::uneven(len, element));
    }
    let zeroes = try_zeroed_slice_box(len / element);
    zeroes.map(<[N]>::into_vec).map_err(|()| CodecError::no_room(len))
}

/// A number, and the kind of body in which vectors of it lie.
trait Number: Sized {
    fn store(numbers: Vec<Self>) -> Body;

    /// Moves the numbers out, unless they lie in a body of another kind.
    fn load(body: &mut Body) -> Option<Vec<Self>>;
}

macro_rules! numbers {
    ($($kind:ident: $($number:ty),*;)*) => {$($(
        impl Number for $number {
            fn store(numbers: Vec<Self>) -> Body {
                Body::$kind(cast_vec(numbers))
            }

            fn load(body: &mut Body) -> Option<Vec<Self>> {
                match body {
                    Body::$kind(numbers) => Some(cast_vec(std::mem::take(numbers))),
                    _ => None,
                }
            }
        }
    )*)*};
}

numbers! {
    Bytes: u8, i8;
    U16: u16, i16;
    U32: u32, i32, f32;
    U64: u64, i64, f64;
}

#[cfg(target_pointer_width = "64")]
numbers! {
    U64: usize, isize;
}

#[cfg(target_pointer_width = "32")]
numbers! {
    U32: usize, isize;
}

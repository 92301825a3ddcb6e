//! Types whose bytes in memory are their bytes on the way: blocks of bytes, text and numbers.

use std::any::{Any, TypeId};

use super::error::CodecError;

/// Repeats `$each!(number)` for all numbers of which vectors are plain.
macro_rules! for_each_number {
    ($each:ident) => {
        $each!(u8, i8, u16, i16, u32, i32, f32, u64, i64, f64, usize, isize)
    };
}
pub(crate) use for_each_number;

/// Whether values of this type are blocks of memory. The compiler knows, so that asking costs
/// nothing and what only plain types need is not even there for others.
#[inline]
pub(crate) fn is_plain<T: 'static>() -> bool {
    let own = TypeId::of::<T>();
    macro_rules! vectors {
        ($($number:ty),*) => {
            $(own == TypeId::of::<Vec<$number>>())||*
        };
    }
    for_each_number!(vectors)
        || own == TypeId::of::<String>()
        || own == TypeId::of::<Box<str>>()
        || own == TypeId::of::<Box<[u8]>>()
}

/// The bytes of a value of a plain type; `None` for all other types.
#[inline]
pub(super) fn bytes_of<T: 'static>(value: &T) -> Option<&[u8]> {
    if is_plain::<T>() { block(value) } else { None }
}

fn block(value: &dyn Any) -> Option<&[u8]> {
    macro_rules! vectors {
        ($($number:ty),*) => {$(
            if let Some(numbers) = value.downcast_ref::<Vec<$number>>() {
                return Some(bytemuck::cast_slice(numbers));
            }
        )*};
    }
    for_each_number!(vectors);
    if let Some(text) = value.downcast_ref::<String>() {
        return Some(text.as_bytes());
    }
    if let Some(text) = value.downcast_ref::<Box<str>>() {
        return Some(text.as_bytes());
    }
    value.downcast_ref::<Box<[u8]>>().map(|bytes| &**bytes)
}

/// The value of a plain type that has these bytes; `None` for all other types.
#[inline]
pub(super) fn from_bytes<T: 'static>(bytes: &[u8]) -> Option<Result<T, CodecError>> {
    if !is_plain::<T>() {
        return None;
    }
    // An empty place for a `T`, into which only a value of the very same type fits.
    let mut place = None::<T>;
    let put = put(bytes, &mut place);
    Some(put.map(|()| place.expect("there is a value for every plain type")))
}

fn put(bytes: &[u8], place: &mut dyn Any) -> Result<(), CodecError> {
    macro_rules! vectors {
        ($($number:ty),*) => {$(
            if let Some(place) = place.downcast_mut::<Option<Vec<$number>>>() {
                *place = Some(numbers_in(bytes)?);
            }
        )*};
    }
    for_each_number!(vectors);
    if let Some(place) = place.downcast_mut::<Option<String>>() {
        *place = Some(text_in(bytes)?.to_owned());
    } else if let Some(place) = place.downcast_mut::<Option<Box<str>>>() {
        *place = Some(text_in(bytes)?.into());
    } else if let Some(place) = place.downcast_mut::<Option<Box<[u8]>>>() {
        *place = Some(bytes.into());
    }
    Ok(())
}

fn text_in(bytes: &[u8]) -> Result<&str, CodecError> {
    std::str::from_utf8(bytes).map_err(|_| CodecError::no_text())
}

fn numbers_in<N: bytemuck::Pod>(bytes: &[u8]) -> Result<Vec<N>, CodecError> {
    let element = size_of::<N>();
    if !bytes.len().is_multiple_of(element) {
        return Err(CodecError::uneven(bytes.len(), element));
    }
    Ok(bytemuck::allocation::pod_collect_to_vec(bytes))
}

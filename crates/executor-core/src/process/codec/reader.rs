use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::{Deserialize, Deserializer};

use super::error::{CodecError, Reason};
use super::limits::{LEVELS, WEIGHTLESS};

/// Reads one value from the beginning of some bytes.
pub(super) struct Reader<'de> {
    rest: &'de [u8],
    /// How many values around the present one are not complete, large ones counted several times.
    depth: usize,
    /// How many elements so far took no bytes.
    weightless: usize,
}

/// The innermost value may be empty: its writer had no part to count, its reader sees it begin.
const DEEPEST: usize = LEVELS + 1;

/// For how many levels a value counts. It is moved about on the stack while it is put together: in
/// a debug build some twelve times its size is needed, and a level stands for a kibibyte. There is
/// a bound to it, or else a single value that is very large could not be read at all.
const fn levels_of<T>() -> usize {
    let more = size_of::<T>() / 96;
    if more < 32 { 1 + more } else { 32 }
}

impl<'de> Reader<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> Self {
        Self { rest: bytes, depth: 0, weightless: 0 }
    }

    /// Fails if not all bytes were read.
    pub(super) fn finish(self) -> Result<(), CodecError> {
        if self.rest.is_empty() { Ok(()) } else { Err(Reason::Trailing(self.rest.len()).into()) }
    }

    /// Reads a value that has no other in it, the way postcard does.
    #[inline]
    fn single<T: Deserialize<'de>>(&mut self) -> Result<T, CodecError> {
        let (value, rest) = postcard::take_from_bytes(self.rest)?;
        self.rest = rest;
        Ok(value)
    }

    /// Reads what is in a value.
    #[inline]
    fn inside<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        let levels = const { levels_of::<T>() };
        if self.depth + levels > DEEPEST {
            return Err(Reason::TooDeep.into());
        }
        self.depth += levels;
        let value = read(self)?;
        self.depth -= levels;
        Ok(value)
    }

    /// Reads so many parts, as the type says.
    #[inline]
    fn fields<V: Visitor<'de>>(&mut self, n: usize, visitor: V) -> Result<V::Value, CodecError> {
        self.inside(|reader| visitor.visit_seq(Fields { reader, left: n }))
    }

    /// Reads how many elements follow. Those that take bytes cannot be more than the bytes.
    #[inline]
    fn length(&mut self) -> Result<usize, CodecError> {
        let elements = self.single()?;
        let bytes = self.rest.len();
        if elements > bytes.saturating_add(WEIGHTLESS) {
            return Err(Reason::Announced { elements, bytes }.into());
        }
        Ok(elements)
    }

    /// Reads one of those parts of which there are as many as a length says.
    #[inline]
    fn element<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, CodecError> {
        let before = self.rest.len();
        let value = seed.deserialize(&mut *self)?;
        if self.rest.len() == before {
            self.weightless += 1;
            if self.weightless > WEIGHTLESS {
                return Err(Reason::Weightless.into());
            }
        }
        Ok(value)
    }
}

/// Values without others in them.
macro_rules! singles {
    ($($method:ident: $visit:ident,)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
            visitor.$visit(self.single()?)
        }
    )*};
}

/// Types that want the bytes to say what they hold.
macro_rules! self_describing {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, CodecError> {
            Err(Reason::Format(
                "the type needs bytes that describe themselves (it has `#[serde(flatten)]`, \
                 `#[serde(untagged)]` or `#[serde(tag)]`, or holds any value), which these do not",
            )
            .into())
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = CodecError;

    singles! {
        deserialize_bool: visit_bool,
        deserialize_i8: visit_i8,
        deserialize_i16: visit_i16,
        deserialize_i32: visit_i32,
        deserialize_i64: visit_i64,
        deserialize_i128: visit_i128,
        deserialize_u8: visit_u8,
        deserialize_u16: visit_u16,
        deserialize_u32: visit_u32,
        deserialize_u64: visit_u64,
        deserialize_u128: visit_u128,
        deserialize_f32: visit_f32,
        deserialize_f64: visit_f64,
        deserialize_char: visit_char,
        deserialize_str: visit_borrowed_str,
        deserialize_string: visit_borrowed_str,
        deserialize_bytes: visit_borrowed_bytes,
        deserialize_byte_buf: visit_borrowed_bytes,
    }

    self_describing!(deserialize_any deserialize_identifier deserialize_ignored_any);

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.single()? {
            0_u8 => visitor.visit_none(),
            1 => self.inside(|reader| visitor.visit_some(reader)),
            _ => Err(Reason::Format("the bytes hold an Option that is neither 0 nor 1").into()),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.inside(|reader| visitor.visit_newtype_struct(reader))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        let left = self.length()?;
        self.inside(|reader| visitor.visit_seq(Elements { reader, left }))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.fields(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.fields(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        let left = self.length()?;
        self.inside(|reader| visitor.visit_map(Elements { reader, left }))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.fields(fields.len(), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.inside(|reader| visitor.visit_enum(reader))
    }
}

/// The parts of a value whose type says how many it has.
struct Fields<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Fields<'_, 'de> {
    type Error = CodecError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, CodecError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The parts of a value of which there are as many as a length said.
struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl Elements<'_, '_> {
    /// For how many elements a place may be made before they are seen.
    fn likely(&self) -> usize {
        self.left.min(self.reader.rest.len())
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = CodecError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, CodecError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.reader.element(seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.likely())
    }
}

impl<'de> MapAccess<'de> for Elements<'_, 'de> {
    type Error = CodecError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, CodecError> {
        self.next_element_seed(seed)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, CodecError> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.likely())
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'de> {
    type Error = CodecError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), CodecError> {
        let index: U32Deserializer<CodecError> = self.single::<u32>()?.into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'de> {
    type Error = CodecError;

    fn unit_variant(self) -> Result<(), CodecError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, CodecError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        visitor.visit_seq(Fields { reader: self, left: len })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        visitor.visit_seq(Fields { reader: self, left: fields.len() })
    }
}

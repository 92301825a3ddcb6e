use std::fmt;

use postcard::ser_flavors::Flavor;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

use super::error::{CodecError, Reason};
use super::limits::{LEVELS, WEIGHTLESS};

type Done = Result<(), CodecError>;

/// Writes one value at the end of a buffer.
pub(super) struct Writer<'a> {
    into: &'a mut Vec<u8>,
    /// How many values around the present one are not complete.
    depth: usize,
    /// How many elements so far took no bytes.
    weightless: usize,
}

/// The buffer, as postcard wants it.
struct End<'a>(&'a mut Vec<u8>);

impl Flavor for End<'_> {
    type Output = ();

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(into: &'a mut Vec<u8>) -> Self {
        Self { into, depth: 0, weightless: 0 }
    }

    /// Writes a value that has no other in it, the way postcard does.
    #[inline]
    fn single<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        Ok(postcard::serialize_with_flavor(value, End(self.into))?)
    }

    /// Writes a value that is part of another.
    #[inline]
    fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        if self.depth == LEVELS {
            return Err(Reason::TooDeep.into());
        }
        self.depth += 1;
        value.serialize(&mut *self)?;
        self.depth -= 1;
        Ok(())
    }

    /// Writes one of those parts of which there are as many as a length says.
    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        let before = self.into.len();
        self.part(value)?;
        if self.into.len() == before {
            self.weightless += 1;
            if self.weightless > WEIGHTLESS {
                return Err(Reason::Weightless.into());
            }
        }
        Ok(())
    }

    #[inline]
    fn length(&mut self, len: Option<usize>) -> Result<&mut Self, CodecError> {
        let unknown = "the value does not say how many elements it has before it gives them, as it \
                       does with `#[serde(flatten)]`";
        self.single(&len.ok_or(Reason::Format(unknown))?)?;
        Ok(self)
    }

    #[inline]
    fn variant(&mut self, index: u32) -> Result<&mut Self, CodecError> {
        self.single(&index)?;
        Ok(self)
    }
}

/// Values without others in them.
macro_rules! singles {
    ($($method:ident: $type:ty,)*) => {$(
        #[inline]
        fn $method(self, value: $type) -> Done {
            self.single(&value)
        }
    )*};
}

impl Serializer for &mut Writer<'_> {
    type Ok = ();
    type Error = CodecError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    singles! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
        serialize_str: &str,
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.length(Some(bytes.len()))?.into.extend_from_slice(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Done {
        self.single(&0_u8)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.single(&1_u8)?;
        self.part(value)
    }

    fn serialize_unit(self) -> Done {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Done {
        self.single(&index)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        self.part(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.variant(index)?.part(value)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self, CodecError> {
        self.length(len)?;
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, CodecError> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, CodecError> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, CodecError> {
        self.single(&index)?;
        Ok(self)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self, CodecError> {
        self.length(len)?;
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, CodecError> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, CodecError> {
        self.single(&index)?;
        Ok(self)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Done {
        struct Shown<'a, T: ?Sized>(&'a T);

        impl<T: fmt::Display + ?Sized> Serialize for Shown<'_, T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self.0)
            }
        }

        self.single(&Shown(value))
    }
}

impl SerializeSeq for &mut Writer<'_> {
    type Ok = ();
    type Error = CodecError;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.element(value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}

impl SerializeMap for &mut Writer<'_> {
    type Ok = ();
    type Error = CodecError;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        self.element(key)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.part(value)
    }

    fn end(self) -> Done {
        Ok(())
    }
}

/// Compound values whose type says how many parts they have.
macro_rules! fixed {
    ($($kind:ident: $method:ident($($key:ty)?) $(, $skip:ident)?;)*) => {$(
        impl $kind for &mut Writer<'_> {
            type Ok = ();
            type Error = CodecError;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Done {
                self.part(value)
            }

            $(
                /// A reader would take the next field for this one.
                fn $skip(&mut self, _: &'static str) -> Done {
                    Err(Reason::Format(
                        "the value leaves out a field (`#[serde(skip_serializing_if)]`), which the \
                         format cannot express",
                    )
                    .into())
                }
            )?

            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}

fixed! {
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(&'static str), skip_field;
    SerializeStructVariant: serialize_field(&'static str), skip_field;
}

use std::fmt;

use super::limits::{LEVELS, WEIGHTLESS};

/// Why a value has no bytes, or bytes no value.
///
/// One pointer wide, since every part of every value is read and written with one of these at hand.
#[derive(Debug)]
pub(crate) struct CodecError(Box<Reason>);

#[derive(Debug)]
pub(super) enum Reason {
    /// What the type's own `Serialize` or `Deserialize` said.
    Told(Box<str>),
    /// What the format cannot do or does not allow.
    Format(&'static str),
    /// The value nests deeper than `LEVELS`.
    TooDeep,
    /// More elements than `WEIGHTLESS` take no bytes.
    Weightless,
    /// The bytes end before the value does.
    EndsEarly,
    /// So many bytes are left when the value is complete.
    Trailing(usize),
    /// So many elements are announced in so many bytes.
    Announced { elements: usize, bytes: usize },
    /// So many bytes are no whole number of elements of this size.
    Uneven { bytes: usize, element: usize },
    /// So many bytes are more than this, which is the most that there may be.
    TooLong { bytes: u64, most: u64 },
    /// There is no memory for so many bytes.
    NoRoom(usize),
}

impl CodecError {
    /// A value takes so many bytes, which is more than the most that there may be.
    #[cold]
    pub(crate) fn too_long(bytes: u64, most: u64) -> Self {
        Reason::TooLong { bytes, most }.into()
    }

    /// There is no memory for so many bytes.
    #[cold]
    pub(crate) fn no_room(bytes: usize) -> Self {
        Reason::NoRoom(bytes).into()
    }

    /// So many bytes are no whole number of elements of this size.
    #[cold]
    pub(crate) fn uneven(bytes: usize, element: usize) -> Self {
        Reason::Uneven { bytes, element }.into()
    }

    /// The bytes of a text are not UTF-8.
    #[cold]
    pub(crate) fn no_text() -> Self {
        postcard::Error::DeserializeBadUtf8.into()
    }

    #[cold]
    fn told(message: impl fmt::Display) -> Self {
        Reason::Told(message.to_string().into()).into()
    }
}

impl From<Reason> for CodecError {
    #[cold]
    fn from(reason: Reason) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Told(reason) => f.write_str(reason),
            Self::Format(reason) => f.write_str(reason),
            Self::TooDeep => write!(f, "the value nests deeper than {} levels", LEVELS),
            Self::Weightless => write!(
                f,
                "the value has more than {} elements that take no bytes; send how many they are \
                 instead",
                WEIGHTLESS
            ),
            Self::EndsEarly => f.write_str("the bytes end before the value is complete"),
            Self::Trailing(1) => f.write_str("one byte is left when the value is complete"),
            Self::Trailing(left) => write!(f, "{left} bytes are left when the value is complete"),
            Self::Announced { elements, bytes } => {
                write!(f, "{elements} elements are announced, but only {bytes} bytes are there")
            }
            Self::Uneven { bytes, element } => write!(
                f,
                "{bytes} bytes are not a whole number of elements of {element} bytes each"
            ),
            Self::TooLong { bytes, most } => {
                write!(f, "the value takes {bytes} bytes, which is more than the {most} allowed")
            }
            Self::NoRoom(bytes) => write!(f, "there is no memory for {bytes} bytes"),
        }
    }
}

impl std::error::Error for CodecError {}

impl serde::ser::Error for CodecError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::told(message)
    }
}

impl serde::de::Error for CodecError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::told(message)
    }
}

impl From<postcard::Error> for CodecError {
    #[cold]
    fn from(error: postcard::Error) -> Self {
        use postcard::Error;

        let reason = Reason::Format(match error {
            Error::DeserializeUnexpectedEnd => return Reason::EndsEarly.into(),
            Error::DeserializeBadVarint => "the bytes hold a number that is too large for its type",
            Error::DeserializeBadBool => "the bytes hold a bool that is neither 0 nor 1",
            Error::DeserializeBadChar => "the bytes hold a char that is none",
            Error::DeserializeBadUtf8 => "the bytes hold a text that is not UTF-8",
            Error::CollectStrError => "the value's `Display` returned an error",
            error => return Self::told(error),
        });
        reason.into()
    }
}

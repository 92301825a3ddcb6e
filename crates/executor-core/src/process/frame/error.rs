use std::fmt;

/// Why bytes are no frame. Where the next one begins is not known then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameError {
    /// The first two bytes are not those of a frame of this direction.
    Magic([u8; 2]),
    Kind(u8),
    Flags(u8),
    /// Bytes that are zero in every frame are not.
    Padding(u16),
    /// A request to run nothing.
    NoItems,
    /// A body of so many bytes, where this is the most there may be.
    TooLong {
        len: u64,
        most: u64,
    },
    /// So many bytes are less than a header, or than an item's length.
    Short(usize),
    /// An item of so many bytes, where only so many are left.
    Item {
        len: usize,
        left: usize,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic([one, two]) => {
                write!(f, "a frame begins with the bytes {one:#04x} {two:#04x}, as none does")
            }
            Self::Kind(kind) => write!(f, "a frame is of the unknown kind {kind}"),
            Self::Flags(flags) => write!(f, "a frame has the unknown flags {flags:#04x}"),
            Self::Padding(found) => write!(f, "a frame has {found:#06x} where it has to be zero"),
            Self::NoItems => f.write_str("a frame asks to run no item at all"),
            Self::TooLong { len, most } => {
                write!(f, "a frame announces {len} bytes, more than the {most} allowed")
            }
            Self::Short(bytes) => write!(f, "a frame ends after {bytes} bytes of a header"),
            Self::Item { len, left } => {
                write!(f, "an item announces {len} bytes, but only {left} are left in its frame")
            }
        }
    }
}

impl std::error::Error for FrameError {}

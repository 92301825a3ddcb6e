use super::error::FrameError;

/// The part of a frame that comes first and says what follows.
pub(crate) trait Header: Sized {
    /// How many bytes it takes.
    const LEN: usize;

    /// Reads it from the first `LEN` of these bytes.
    fn read(bytes: &[u8]) -> Result<Self, FrameError>;

    /// How many bytes follow it.
    fn body_len(&self) -> u64;
}

/// Asks a worker for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) kind: RequestKind,
    /// Whether the worker has to say when it begins, since a time limit counts from then.
    pub(crate) timed: bool,
    /// Whether the worker is to say at the end how long it took.
    pub(crate) metered: bool,
    /// Where in the page the claim word of this frame is.
    pub(crate) slot: u16,
    pub(crate) seq: u32,
    /// The size of the numbers that the body consists of, so that it lands in memory that suits
    /// them; 1 for bytes.
    pub(crate) width: u8,
    /// How many items are in the body.
    pub(crate) items: u32,
    /// Where in the program's image the code is that knows the function's types.
    pub(crate) wrapper: u64,
    /// Where in the program's image the function is.
    pub(crate) function: u64,
    pub(crate) len: u64,
}

/// What a worker is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum RequestKind {
    /// To become a worker; the first frame, once.
    Boot = 1,
    /// To call a function on each item.
    Run = 2,
    /// To end; the last frame.
    Leave = 3,
}

/// Answers a request, or one item of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) kind: ReplyKind,
    /// The request's.
    pub(crate) slot: u16,
    /// The request's.
    pub(crate) seq: u32,
    /// Which of the request's items this is about, from zero.
    pub(crate) item: u32,
    pub(crate) len: u64,
}

/// What a worker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ReplyKind {
    /// It is ready for work.
    Hello = 1,
    /// It cannot work, and the body says why.
    Refused = 2,
    /// There is something in the page.
    Bell = 3,
    /// The item's result is the body.
    Value = 4,
    /// The function panicked.
    Panicked = 5,
    /// The result has no bytes.
    Encode = 6,
    /// The argument's bytes are no value.
    Decode = 7,
    /// All items of the frame are answered; the body is the time that took, in nanoseconds.
    Spent = 8,
    /// As `Value`, and the result refers to descriptors of the worker; see `laden`.
    Laden = 9,
}

const REQUEST: [u8; 2] = *b"cQ";
const REPLY: [u8; 2] = *b"cR";
const TIMED: u8 = 1;
const METERED: u8 = 2;

impl Request {
    /// Appends the header; the body has to follow.
    pub(crate) fn write(&self, into: &mut Vec<u8>) {
        let mut bytes = [0; Self::LEN];
        put(&mut bytes, 0, REQUEST);
        put(
            &mut bytes,
            2,
            [self.kind as u8, (u8::from(self.timed) * TIMED) | (u8::from(self.metered) * METERED)],
        );
        put(&mut bytes, 4, self.seq.to_le_bytes());
        put(&mut bytes, 8, self.items.to_le_bytes());
        put(&mut bytes, 12, self.slot.to_le_bytes());
        put(&mut bytes, 14, [self.width]);
        put(&mut bytes, 16, self.wrapper.to_le_bytes());
        put(&mut bytes, 24, self.function.to_le_bytes());
        put(&mut bytes, 32, self.len.to_le_bytes());
        into.extend_from_slice(&bytes);
    }
}

impl Header for Request {
    const LEN: usize = 40;

    fn read(bytes: &[u8]) -> Result<Self, FrameError> {
        let bytes: &[u8; Self::LEN] = header(bytes, REQUEST)?;
        padding(u16::from(bytes[15]))?;
        let kind = match bytes[2] {
            1 => RequestKind::Boot,
            2 => RequestKind::Run,
            3 => RequestKind::Leave,
            kind => return Err(FrameError::Kind(kind)),
        };
        let flags = bytes[3];
        if flags & !(TIMED | METERED) != 0 {
            return Err(FrameError::Flags(flags));
        }
        let items = u32::from_le_bytes(get(bytes, 8));
        if items == 0 && kind == RequestKind::Run {
            return Err(FrameError::NoItems);
        }
        Ok(Self {
            kind,
            timed: flags & TIMED != 0,
            metered: flags & METERED != 0,
            slot: u16::from_le_bytes(get(bytes, 12)),
            width: bytes[14],
            seq: u32::from_le_bytes(get(bytes, 4)),
            items,
            wrapper: u64::from_le_bytes(get(bytes, 16)),
            function: u64::from_le_bytes(get(bytes, 24)),
            len: u64::from_le_bytes(get(bytes, 32)),
        })
    }

    fn body_len(&self) -> u64 {
        self.len
    }
}

impl Reply {
    /// Appends the header; the body has to follow.
    pub(crate) fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.to_bytes());
    }

    /// The header alone, for those who write it elsewhere than into a vector.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        put(&mut bytes, 0, REPLY);
        put(&mut bytes, 2, [self.kind as u8]);
        put(&mut bytes, 4, self.seq.to_le_bytes());
        put(&mut bytes, 8, self.item.to_le_bytes());
        put(&mut bytes, 12, self.slot.to_le_bytes());
        put(&mut bytes, 16, self.len.to_le_bytes());
        bytes
    }
}

impl Reply {
    /// Takes a whole frame from the front of `bytes`: its header, its body, and what is after it.
    pub(crate) fn split(bytes: &[u8]) -> Result<(Self, &[u8], &[u8]), FrameError> {
        let header = Self::read(bytes)?;
        let rest = &bytes[Self::LEN..];
        let len = usize::try_from(header.len).unwrap_or(usize::MAX);
        let Some((body, rest)) = rest.split_at_checked(len) else {
            return Err(FrameError::Item { len, left: rest.len() });
        };
        Ok((header, body, rest))
    }
}

impl Header for Reply {
    const LEN: usize = 24;

    fn read(bytes: &[u8]) -> Result<Self, FrameError> {
        let bytes: &[u8; Self::LEN] = header(bytes, REPLY)?;
        padding(u16::from_le_bytes(get(bytes, 14)))?;
        if bytes[3] != 0 {
            return Err(FrameError::Flags(bytes[3]));
        }
        Ok(Self {
            kind: ReplyKind::read(bytes[2])?,
            slot: u16::from_le_bytes(get(bytes, 12)),
            seq: u32::from_le_bytes(get(bytes, 4)),
            item: u32::from_le_bytes(get(bytes, 8)),
            len: u64::from_le_bytes(get(bytes, 16)),
        })
    }

    fn body_len(&self) -> u64 {
        self.len
    }
}

impl ReplyKind {
    fn read(kind: u8) -> Result<Self, FrameError> {
        Ok(match kind {
            1 => Self::Hello,
            2 => Self::Refused,
            3 => Self::Bell,
            4 => Self::Value,
            5 => Self::Panicked,
            6 => Self::Encode,
            7 => Self::Decode,
            8 => Self::Spent,
            9 => Self::Laden,
            kind => return Err(FrameError::Kind(kind)),
        })
    }
}

/// The header's bytes, if they begin as they have to.
fn header<const LEN: usize>(bytes: &[u8], magic: [u8; 2]) -> Result<&[u8; LEN], FrameError> {
    let bytes: &[u8; LEN] = bytes.first_chunk().ok_or(FrameError::Short(bytes.len()))?;
    if get(bytes, 0) != magic {
        return Err(FrameError::Magic(get(bytes, 0)));
    }
    Ok(bytes)
}

/// Bytes that mean nothing yet are zero.
fn padding(bytes: u16) -> Result<(), FrameError> {
    if bytes == 0 { Ok(()) } else { Err(FrameError::Padding(bytes)) }
}

/// `N` bytes from a place that lies in the header.
fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut number = [0; N];
    number.copy_from_slice(&bytes[at..at + N]);
    number
}

fn put<const N: usize>(bytes: &mut [u8], at: usize, number: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&number);
}

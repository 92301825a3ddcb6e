//! The first bytes of shared memory, which say what it is.

use rustix::param::page_size;
use rustix::rand::{GetRandomFlags, getrandom};

/// How long it is. What follows suits every type that an atomic or a vector register holds.
pub(super) const HEAD: usize = 64;
/// What is kept free at the end of writable memory.
pub(in crate::process) const TAIL: usize = 64;

const MAGIC: [u8; 8] = *b"cfmemor1";

/// What may be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Writable = 1,
    Sealed = 2,
}

/// See the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    kind: Kind,
    len: usize,
    token: u128,
}

/// How large a page of memory is.
pub(super) fn page() -> usize {
    page_size()
}

impl Head {
    /// `None`: so many bytes are more than any process can have.
    pub(super) fn new(kind: Kind, len: usize) -> Option<Self> {
        let most = isize::MAX as usize - HEAD - TAIL - 2 * page();
        (len <= most).then(|| Self { kind, len, token: token() })
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn token(&self) -> u128 {
        self.token
    }

    /// The size of the whole file.
    pub(super) fn file_size(&self) -> usize {
        match self.kind {
            Kind::Sealed => HEAD + self.len,
            Kind::Writable => (HEAD + self.len + TAIL).next_multiple_of(page()),
        }
    }

    pub(super) fn to_bytes(self) -> [u8; HEAD] {
        let mut bytes = [0; HEAD];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8] = self.kind as u8;
        bytes[16..24].copy_from_slice(&(self.len as u64).to_le_bytes());
        bytes[32..48].copy_from_slice(&self.token.to_le_bytes());
        bytes
    }

    /// `None`: these bytes are no head.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEAD] = bytes.try_into().ok()?;
        let kind = match bytes[8] {
            1 => Kind::Writable,
            2 => Kind::Sealed,
            _ => return None,
        };
        let len = u64::from_le_bytes(bytes[16..24].try_into().ok()?);
        let token = u128::from_le_bytes(bytes[32..48].try_into().ok()?);
        let valid = bytes.starts_with(&MAGIC);
        let head = Self::new(kind, usize::try_from(len).ok()?)?;
        valid.then_some(Self { token, ..head })
    }
}

/// A number that no other memory has.
fn token() -> u128 {
    let mut bytes = [0; size_of::<u128>()];
    let random = getrandom(&mut bytes, GetRandomFlags::empty());
    debug_assert_eq!(random, Ok(bytes.len()), "so few bytes come at once");
    u128::from_ne_bytes(bytes)
}

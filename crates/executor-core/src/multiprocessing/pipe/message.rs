/// How many bytes come before those of a message.
pub(super) const HEADER: usize = 16;

const MAGIC: [u8; 4] = *b"cfM1";

/// What follows a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The size of the numbers that the message consists of.
    pub(super) width: u8,
    pub(super) len: u64,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4] = self.width;
        bytes[8..].copy_from_slice(&self.len.to_le_bytes());
        bytes
    }

    /// `None`: nobody wrote this as a header.
    pub(super) fn from_bytes(bytes: [u8; HEADER]) -> Option<Self> {
        let mut len = [0; 8];
        len.copy_from_slice(&bytes[8..]);
        let known = bytes[..4] == MAGIC && bytes[5..8] == [0; 3];
        known.then_some(Self { width: bytes[4], len: u64::from_le_bytes(len) })
    }
}

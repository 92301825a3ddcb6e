use super::body::Body;
use super::codec::CodecError;
use super::frame::{FrameError, Header};

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

/// How much is read at a time, once that much has come.
const BUFFER: usize = 64 << 10;
/// How much is read before: few words need little memory.
const FIRST: usize = 4 << 10;
/// Bodies from this size on get memory of their own.
const LARGE: usize = 32 << 10;

/// Cuts a stream of bytes into frames.
///
/// Put bytes into [`space`](Self::space), say with [`filled`](Self::filled) how many, and take
/// frames with [`next`](Self::next) until there is none; then again. Small bodies stay where they
/// are; a large one gets its memory when its header is seen, and what is still to come is put
/// there.
#[derive(Debug)]
pub(crate) struct Intake<H> {
    max_body: u64,
    buffer: Vec<u8>,
    /// The bytes in the buffer that were not taken are `start..end`; none while a body lands.
    start: usize,
    end: usize,
    landing: Option<Landing<H>>,
}

/// One frame.
#[derive(Debug)]
pub(crate) struct Frame<'a, H> {
    pub(crate) header: H,
    pub(crate) content: Content<'a>,
}

/// The body of a frame.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    /// A small one.
    Small(&'a [u8]),
    /// A large one, in the memory that was made for it.
    Large(Body),
    /// A large one for which there was none; its bytes are gone.
    Skipped(CodecError),
}

/// A large body of which not all bytes are there.
#[derive(Debug)]
struct Landing<H> {
    header: H,
    /// Where it lands, or why it cannot.
    body: Result<Body, CodecError>,
    left: usize,
}

impl<H: Header> Intake<H> {
    /// For frames whose bodies have at most so many bytes.
    pub(crate) fn new(max_body: u64) -> Self {
        Self { max_body, buffer: vec![0; FIRST], start: 0, end: 0, landing: None }
    }

    /// Where the next bytes of the stream go. Not empty once [`next`](Self::next) has said that
    /// there is no frame.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.make_space();
        let Some(landing) = &mut self.landing else {
            return &mut self.buffer[self.end..];
        };
        match &mut landing.body {
            Ok(body) => {
                let start = body.len() - landing.left;
                &mut body.bytes_mut()[start..]
            }
            Err(_) => {
                let most = self.buffer.len();
                &mut self.buffer[..landing.left.min(most)]
            }
        }
    }

    /// Moves what is in the buffer to its beginning, unless enough is free behind it. It grows when it
    /// was full.
    fn make_space(&mut self) {
        if self.end == self.buffer.len() {
            self.buffer.resize(BUFFER, 0);
        }
        if self.start == self.end || self.buffer.len() - self.end < LARGE {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
    }

    /// So many bytes were put at the beginning of [`space`](Self::space).
    pub(crate) fn filled(&mut self, n: usize) {
        match &mut self.landing {
            Some(landing) => landing.left -= n,
            None => self.end += n,
        }
        debug_assert!(
            self.end <= self.buffer.len(),
            "more bytes were put than there was space for"
        );
    }

    /// The next frame that is complete. `room` makes the memory for a large body, of exactly as
    /// many bytes as the header says; if it fails, the frame comes without a body. After an error
    /// the stream makes no sense any more.
    pub(crate) fn next(
        &mut self,
        room: impl FnOnce(&H) -> Result<Body, CodecError>,
    ) -> Result<Option<Frame<'_, H>>, FrameError> {
        if self.landing.is_none() {
            let bytes = &self.buffer[self.start..self.end];
            if bytes.len() < H::LEN {
                return Ok(None);
            }
            let header = H::read(bytes)?;
            let len = self.body_len(&header)?;
            if len < LARGE {
                return Ok(self.small(header, len));
            }
            let body = room(&header);
            self.land(header, len, body);
        }
        Ok(self.landed())
    }

    fn body_len(&self, header: &H) -> Result<usize, FrameError> {
        let len = header.body_len();
        let most = self.max_body.min(isize::MAX as u64);
        if len > most { Err(FrameError::TooLong { len, most }) } else { Ok(len as usize) }
    }

    /// The frame at the beginning of the buffer, once all of it is there.
    fn small(&mut self, header: H, len: usize) -> Option<Frame<'_, H>> {
        let body = self.start + H::LEN;
        if self.end - body < len {
            return None;
        }
        self.start = body + len;
        let content = Content::Small(&self.buffer[body..self.start]);
        Some(Frame { header, content })
    }

    /// Begins with the large body that follows the header in the buffer.
    fn land(&mut self, header: H, len: usize, mut body: Result<Body, CodecError>) {
        let start = self.start + H::LEN;
        let there = len.min(self.end - start);
        if let Ok(body) = &mut body {
            assert_eq!(body.len(), len, "the room for a body is as large as the body");
            body.bytes_mut()[..there].copy_from_slice(&self.buffer[start..start + there]);
        }
        self.start = start + there;
        if there < len {
            // What filled the buffer does not belong there.
            (self.start, self.end) = (0, 0);
        }
        self.landing = Some(Landing { header, body, left: len - there });
    }

    /// The frame with the large body, once all of it is there.
    fn landed(&mut self) -> Option<Frame<'_, H>> {
        let Landing { header, body, .. } = self.landing.take_if(|landing| landing.left == 0)?;
        let content = match body {
            Ok(body) => Content::Large(body),
            Err(error) => Content::Skipped(error),
        };
        Some(Frame { header, content })
    }

    /// Whether the stream may end here: all that came was taken.
    pub(crate) fn is_between_frames(&self) -> bool {
        self.landing.is_none() && self.start == self.end
    }
}

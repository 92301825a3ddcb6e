use super::super::codec::CodecError;

use super::error::FrameError;

/// How many bytes an item's length takes.
pub(crate) const ITEM_PREFIX: usize = size_of::<u32>();

/// Appends one of several items, whose bytes `write` appends. On an error nothing is appended.
#[inline]
pub(crate) fn push_item(
    body: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), CodecError>,
) -> Result<(), CodecError> {
    let start = body.len();
    body.extend_from_slice(&[0; ITEM_PREFIX]);
    let written = write(body).and_then(|()| {
        let bytes = body.len() - start - ITEM_PREFIX;
        let most = u64::from(u32::MAX);
        u32::try_from(bytes).map_err(|_| CodecError::too_long(bytes as u64, most))
    });
    match written {
        Ok(len) => body[start..start + ITEM_PREFIX].copy_from_slice(&len.to_le_bytes()),
        Err(_) => body.truncate(start),
    }
    written.map(drop)
}

/// The items of a body that has several.
pub(crate) fn items(body: &[u8]) -> Items<'_> {
    Items { rest: body }
}

/// Items that are not yet seen. After an error there are no more.
#[derive(Clone, Debug)]
pub(crate) struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    /// The bytes of the items that are not yet seen.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<&'a [u8], FrameError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let rest = std::mem::take(&mut self.rest);
        let Some((prefix, rest)) = rest.split_first_chunk() else {
            return Some(Err(FrameError::Short(rest.len())));
        };
        let len = u32::from_le_bytes(*prefix) as usize;
        let Some((item, rest)) = rest.split_at_checked(len) else {
            return Some(Err(FrameError::Item { len, left: rest.len() }));
        };
        self.rest = rest;
        Some(Ok(item))
    }
}

impl std::iter::FusedIterator for Items<'_> {}

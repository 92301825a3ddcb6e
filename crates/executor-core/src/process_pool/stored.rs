use std::sync::Arc;

use crate::process::Body;

/// The bytes of a job's arguments, while they wait to be sent.
///
/// Short ones lie with their job: memory of their own would be allocated by one thread and freed by
/// another, who meet at the lock of the C library.
#[derive(Debug)]
pub(super) enum Stored {
    Short {
        width: u8,
        len: u8,
        bytes: [u8; SHORT],
    },
    /// A pipe may refer to it as well.
    Long(Arc<Body>),
}

/// As many as fit into 24 bytes beside the tag, the width and the length.
const SHORT: usize = 21;

impl Stored {
    pub(super) fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// The size of the numbers of which it consists.
    pub(super) fn width(&self) -> u8 {
        match self {
            Self::Short { width, .. } => *width,
            Self::Long(body) => body.width(),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short { len, bytes, .. } => &bytes[..usize::from(*len)],
            Self::Long(body) => body.as_bytes(),
        }
    }

    /// Takes out memory that is worth it, unless a pipe refers to it.
    pub(super) fn take(&mut self) -> Option<Body> {
        match self {
            Self::Short { .. } => None,
            Self::Long(body) => Arc::get_mut(body).map(std::mem::take),
        }
    }
}

impl From<Body> for Stored {
    fn from(body: Body) -> Self {
        let from = body.as_bytes();
        match u8::try_from(from.len()) {
            Ok(len) if from.len() <= SHORT => {
                let mut bytes = [0; SHORT];
                bytes[..from.len()].copy_from_slice(from);
                Self::Short { width: body.width(), len, bytes }
            }
            _ => Self::Long(Arc::new(body)),
        }
    }
}

#[cfg(test)]
mod tests;

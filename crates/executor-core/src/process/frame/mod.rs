//! What goes through the pipes: frames, each a header of fixed size and then its body.
//!
//! All numbers are little-endian. `len` counts the bytes of the body, without the header.
//!
//! | bytes  | request, to the worker     | bytes  | reply, from the worker        |
//! |--------|----------------------------|--------|-------------------------------|
//! | 0..2   | `cQ`                       | 0..2   | `cR`                          |
//! | 2      | kind                       | 2      | kind                          |
//! | 3      | flags: 1 `timed`, 2 `metered` | 3      | zero                          |
//! | 4..8   | `seq`                      | 4..8   | `seq`                         |
//! | 8..12  | `items`                    | 8..12  | `item`                        |
//! | 12..14 | `slot`                     | 12..14 | `slot`                        |
//! | 14     | `width`                    | 14     | zero                          |
//! | 15     | zero                       | 15     | zero                          |
//! | 16..24 | `wrapper`                  | 16..24 | `len`                         |
//! | 24..32 | `function`                 |        |                               |
//! | 32..40 | `len`                      |        |                               |
//!
//! The body of a `Run` with one item is that item. With more, each of them is its length in four
//! bytes and then its bytes; see [`push_item`] and [`items()`].

mod error;
mod header;
mod items;

#[cfg(test)]
mod tests;

pub(crate) use error::FrameError;
pub(crate) use header::{Header, Reply, ReplyKind, Request, RequestKind};
pub(crate) use items::{ITEM_PREFIX, Items, items, push_item};

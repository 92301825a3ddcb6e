//! Systems on which the program's image is not looked at: no code is in it, so none can be sent.

use std::ffi::CString;
use std::io;

use super::code::Code;

pub(super) fn code() -> &'static Code {
    static NONE: Code = Code { base: 0, ranges: Vec::new() };
    &NONE
}

pub(super) fn build_id() -> Option<&'static [u8]> {
    None
}

pub(super) fn file_id() -> io::Result<Vec<u8>> {
    Err(unsupported())
}

pub(crate) fn executable() -> io::Result<CString> {
    Err(unsupported())
}

/// There is nothing to note.
pub(crate) fn remember() {}

fn unsupported() -> io::Error {
    let says = "worker processes are not supported on this system";
    io::Error::new(io::ErrorKind::Unsupported, says)
}

//! What a process of ours tells people, where nobody else can be told.

use std::fmt;
use std::io::{self, Write};

/// Writes a line to standard error. That nobody reads it any more is no reason to panic.
pub(super) fn remark(text: fmt::Arguments<'_>) {
    let _unread = writeln!(io::stderr(), "concurrent-futures: {text}");
}

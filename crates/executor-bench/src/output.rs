//! The standard output.

use std::io::{ErrorKind, Write};

/// Prints a text and ends its line.
///
/// Whoever reads may have had enough, as `head` has: that is no error.
///
/// # Errors
///
/// It cannot be written, to a full disk for instance.
pub(crate) fn line(text: &str) -> Result<(), String> {
    print(&format!("{text}\n"))
}

/// Prints a text as it is, otherwise like [`line()`].
///
/// # Errors
///
/// The same.
pub(crate) fn print(text: &str) -> Result<(), String> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("the standard output cannot be written: {error}"))
        }
        _ => Ok(()),
    }
}

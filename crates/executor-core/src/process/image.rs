//! The program's own image: where its code lies, which build it is, and what to start for a copy of
//! it.

mod code;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "reads the program's own headers; rules I1 and I2")]
mod elf;
#[cfg(target_os = "linux")]
mod file;
#[cfg(not(target_os = "linux"))]
mod elsewhere;

use std::fmt;
use std::io;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
use elf::{build_id, code};
#[cfg(not(target_os = "linux"))]
use elsewhere::{build_id, code, file_id};
#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{executable, remember};
#[cfg(target_os = "linux")]
use file::file_id;
#[cfg(target_os = "linux")]
pub(crate) use file::{executable, remember};

/// Which build of which program: two images that are equal in this have their code at the same
/// offsets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// What the linker, or else the file system, calls the build.
    build: Vec<u8>,
    /// The size of a pointer.
    width: u8,
    /// Where the code of a certain function lies.
    anchor: u64,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.build.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, "-{}-{:x}", self.width, self.anchor)
    }
}

/// The offset of a piece of code from the base of the program's image; `None` if it lies elsewhere,
/// as the code of a shared library does.
pub(crate) fn offset_of(address: usize) -> Option<u64> {
    let own = code();
    let offset = address.wrapping_sub(own.base);
    own.holds(offset).then_some(offset as u64)
}

/// The reverse of [`offset_of`].
pub(crate) fn address_of(offset: u64) -> Option<usize> {
    let own = code();
    let offset = usize::try_from(offset).ok()?;
    own.holds(offset).then(|| own.base.wrapping_add(offset))
}

/// Which build this is.
pub(crate) fn identity() -> io::Result<&'static Identity> {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    if let Some(identity) = IDENTITY.get() {
        return Ok(identity);
    }
    let build = match build_id() {
        Some(id) => id.to_vec(),
        None => file_id()?,
    };
    let anchor = offset_of(identity as fn() -> _ as usize).unwrap_or(0);
    let width = size_of::<usize>() as u8;
    Ok(IDENTITY.get_or_init(|| Identity { build, width, anchor }))
}

/// Refuses to be anything but this build.
pub(crate) fn matches(program: &Identity) -> Result<(), String> {
    let own = identity().map_err(|error| error.to_string())?;
    if own == program {
        return Ok(());
    }
    Err(format!(
        "the program's file has been replaced by another build (the program is {program}, the file is now {own}), \
         and code of one build must not run in the other; restart the program"
    ))
}

#[cfg(all(test, target_os = "linux"))]
mod tests;

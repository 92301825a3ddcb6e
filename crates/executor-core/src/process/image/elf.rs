//! What the program's own ELF headers say.
//!
//! - I1. `dl_iterate_phdr` calls back before it returns, with a description that is valid during
//!   the call. The first one is that of the program itself.
//! - I2. The program's headers and all that its segments of type `PT_LOAD` cover stay mapped and,
//!   where they are not writable, unchanged for as long as it runs; nothing else is read.

use std::ops::Range;
use std::slice;
use std::sync::OnceLock;

use libc::{PF_W, PF_X, PT_LOAD, PT_NOTE, c_int, c_void, dl_phdr_info, size_t};

use super::code::Code;

#[cfg(target_pointer_width = "64")]
type Header = libc::Elf64_Phdr;
#[cfg(target_pointer_width = "32")]
type Header = libc::Elf32_Phdr;

/// The program's own headers, and where it was loaded.
struct Image {
    base: usize,
    headers: &'static [Header],
}

impl Image {
    const NONE: Self = Self { base: 0, headers: &[] };

    fn of_type(&self, wanted: u32) -> impl Iterator<Item = &'static Header> {
        self.headers.iter().filter(move |header| header.p_type == wanted)
    }
}

/// The addresses from the base that a header speaks of.
fn range(header: &Header) -> Range<usize> {
    let start = header.p_vaddr as usize;
    start..start.saturating_add(header.p_memsz as usize)
}

fn image() -> Image {
    let mut image = Image::NONE;
    // SAFETY: I1: `first` gets the address of the local that it expects.
    unsafe { libc::dl_iterate_phdr(Some(first), (&raw mut image).cast()) };
    image
}

/// Keeps the first description, and ends the enumeration.
// SAFETY: I1: nobody else calls it.
unsafe extern "C" fn first(info: *mut dl_phdr_info, _size: size_t, image: *mut c_void) -> c_int {
    // SAFETY: I1.
    let info = unsafe { &*info };
    if !info.dlpi_phdr.is_null() {
        // SAFETY: I2.
        let headers = unsafe { slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
        let found = Image { base: info.dlpi_addr as usize, headers };
        // SAFETY: I1: it is the address that `image` gave.
        unsafe { *image.cast::<Image>() = found };
    }
    1
}

pub(super) fn code() -> &'static Code {
    static CODE: OnceLock<Code> = OnceLock::new();
    CODE.get_or_init(|| {
        let image = image();
        let executable = image.of_type(PT_LOAD).filter(|header| header.p_flags & PF_X != 0);
        Code { base: image.base, ranges: executable.map(range).collect() }
    })
}

/// What the linker called the build, if it was told to.
pub(super) fn build_id() -> Option<&'static [u8]> {
    let image = image();
    image.of_type(PT_NOTE).find_map(|header| {
        let notes = range(header);
        let constant = |load: &Header| load.p_flags & PF_W == 0;
        let covers = |load: Range<usize>| load.start <= notes.start && notes.end <= load.end;
        image.of_type(PT_LOAD).find(|load| constant(load) && covers(range(load)))?;
        let start = image.base.wrapping_add(notes.start) as *const u8;
        // SAFETY: I2: a segment that nobody writes covers all of it.
        let bytes = unsafe { slice::from_raw_parts(start, notes.len()) };
        build_id_in(bytes, if header.p_align == 8 { 8 } else { 4 })
    })
}

/// The build id among notes that are aligned so.
pub(super) fn build_id_in(mut notes: &[u8], align: usize) -> Option<&[u8]> {
    const NT_GNU_BUILD_ID: usize = 3;
    loop {
        let (header, rest) = notes.split_at_checked(12)?;
        let word = |at: usize| {
            let word = header[at..at + 4].try_into().expect("four bytes");
            u32::from_ne_bytes(word) as usize
        };
        let (name_len, len, kind) = (word(0), word(4), word(8));
        let start = name_len.checked_next_multiple_of(4)?;
        let end = start.checked_add(len)?;
        let (name, id) = (rest.get(..name_len)?, rest.get(start..end)?);
        if kind == NT_GNU_BUILD_ID && name == b"GNU\0" && !id.is_empty() {
            return Some(id);
        }
        notes = rest.get(end.checked_next_multiple_of(align)?..)?;
    }
}

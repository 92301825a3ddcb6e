//! The file that the program was started from.

use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::OnceLock;

use rustix::fs::{Access, access};

/// The very file that runs, also when it was replaced or deleted meanwhile: a process that is about
/// to execute it has the same image as its parent until it does.
const SELF: &CStr = c"/proc/self/exe";

/// What to execute for a copy of this program.
pub(crate) fn executable() -> io::Result<CString> {
    if access(SELF, Access::EXEC_OK).is_ok() {
        return Ok(SELF.to_owned());
    }
    let path = started_as().ok_or_else(|| {
        missing(io::ErrorKind::NotFound, "nobody knows the path by which this program was started")
    })?;
    match access(path, Access::EXEC_OK) {
        Ok(()) => Ok(path.to_owned()),
        Err(error) => {
            let error = io::Error::from(error);
            Err(missing(error.kind(), &format!("{}: {error}", path.to_string_lossy())))
        }
    }
}

fn missing(kind: io::ErrorKind, why: &str) -> io::Error {
    io::Error::new(kind, format!("no file to start a worker from: no /proc/self/exe, and {why}"))
}

/// Notes what depends on the working directory, which the program may still change.
pub(crate) fn remember() {
    started_as();
}

/// The absolute path by which the program was started, if it was started by one.
fn started_as() -> Option<&'static CStr> {
    static PATH: OnceLock<Option<CString>> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let path = OsStr::from_bytes(rustix::param::linux_execfn().to_bytes());
        // It is empty where the kernel does not tell it.
        let path = std::path::absolute(path).ok()?;
        CString::new(path.into_os_string().into_vec()).ok()
    });
    path.as_deref()
}

/// A hash of all that is in the program's file. It is not meant against forgers: whoever can
/// replace the file can do worse.
pub(super) fn file_id() -> io::Result<Vec<u8>> {
    let file = match File::open(OsStr::from_bytes(SELF.to_bytes())) {
        Ok(file) => file,
        Err(_) => File::open(OsStr::from_bytes(executable()?.to_bytes()))?,
    };
    hash(file)
}

/// FNV-1a over words of eight bytes, twice from different beginnings.
pub(super) fn hash(mut file: impl Read) -> io::Result<Vec<u8>> {
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let mut hashes: [u64; 2] = [0xCBF2_9CE4_8422_2325, 0x6C62_272E_07BB_0142];
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        let filled = fill(&mut file, &mut buffer)?;
        length += filled as u64;
        for word in buffer[..filled].chunks(size_of::<u64>()) {
            let mut bytes = [0; size_of::<u64>()];
            bytes[..word.len()].copy_from_slice(word);
            let word = u64::from_le_bytes(bytes);
            for (turn, hash) in hashes.iter_mut().enumerate() {
                *hash = (*hash ^ word.rotate_left(29 * turn as u32)).wrapping_mul(PRIME);
                *hash ^= *hash >> 32;
            }
        }
        if filled < buffer.len() {
            let words = [hashes[0], hashes[1], length];
            return Ok(words.iter().flat_map(|word| word.to_le_bytes()).collect());
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

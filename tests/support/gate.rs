//! How a task in a worker process and the test in the program wait for each other, without a clock:
//! the task knocks at a gate and stays until the test lets it go on. And a log in which each task
//! leaves its number.
#![allow(dead_code, reason = "each test program needs only a part of it")]

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A name that nobody else uses.
fn unique() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("cf-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// See the file.
pub(crate) struct Gate {
    name: String,
    listener: UnixListener,
}

/// A task that stands in the gate, until this is dropped.
pub(crate) struct Guest {
    pub(crate) pid: u32,
    pub(crate) number: u64,
    stream: UnixStream,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let name = unique();
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        Self { name, listener: UnixListener::bind_addr(&address).unwrap() }
    }

    /// What a task is given to find the gate.
    pub(crate) fn key(&self) -> String {
        self.name.clone()
    }

    /// Waits for the next task.
    pub(crate) fn guest(&self) -> Guest {
        let (mut stream, _) = self.listener.accept().unwrap();
        let mut words = [0; 16];
        // One that was killed meanwhile is no guest.
        if stream.read_exact(&mut words).is_err() {
            return self.guest();
        }
        let (pid, number) = words.split_at(8);
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
        Guest { pid: word(pid) as u32, number: word(number), stream }
    }
}

impl Guest {
    /// Lets the task go on.
    pub(crate) fn release(self) {}

    /// Waits until the task's process has ended.
    pub(crate) fn gone(mut self) {
        let _end = self.stream.read(&mut [0]);
    }
}

/// In a task: knocks, and waits to be let go on.
pub(crate) fn knock(key: &str, number: u64) {
    let address = SocketAddr::from_abstract_name(key).unwrap();
    let mut stream = UnixStream::connect_addr(&address).unwrap();
    let mut words = u64::from(std::process::id()).to_le_bytes().to_vec();
    words.extend(number.to_le_bytes());
    stream.write_all(&words).unwrap();
    let _end = stream.read(&mut [0]);
}

/// A file in which every run of a task leaves its number.
pub(crate) struct Log {
    path: PathBuf,
}

impl Log {
    pub(crate) fn new() -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(unique());
        File::create(&path).unwrap();
        Self { path }
    }

    /// What a task is given to find the log.
    pub(crate) fn key(&self) -> String {
        self.path.to_str().unwrap().to_owned()
    }

    /// The numbers so far, in order of writing.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        let bytes = fs::read(&self.path).unwrap();
        bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect()
    }

    /// In a task: how many numbers a log has.
    pub(crate) fn length(key: &str) -> usize {
        fs::metadata(key).unwrap().len() as usize / 8
    }

    /// The numbers so far, sorted.
    pub(crate) fn sorted(&self) -> Vec<u64> {
        let mut numbers = self.numbers();
        numbers.sort_unstable();
        numbers
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
    }
}

/// In a task: leaves a number in a log.
pub(crate) fn note(key: &str, number: u64) {
    let mut file = OpenOptions::new().append(true).open(key).unwrap();
    file.write_all(&number.to_le_bytes()).unwrap();
}

/// Waits for something that has no event of its own; the watchdog bounds it.
pub(crate) fn eventually(happened: impl Fn() -> bool) {
    while !happened() {
        thread::yield_now();
    }
}

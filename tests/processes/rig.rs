//! Pools of processes, and tasks that go on in them until the test says so.

use std::fs;
use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use concurrent_futures::{
    Future, ProcessPoolBuilder, ProcessPoolExecutor, StartMethod, TaskOptions,
};

pub(crate) const METHODS: [StartMethod; 2] = [StartMethod::Spawn, StartMethod::ForkServer];

/// A pool of at most `max_workers` processes, everything else left at its default.
pub(crate) fn pool(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::new(max_workers).expect("a pool of this size can be made")
}

pub(crate) fn builder(max_workers: usize) -> ProcessPoolBuilder {
    ProcessPoolExecutor::builder().max_workers(max_workers)
}

/// Where tasks stop until they are let through. It has no name in any file system.
pub(crate) struct Gate {
    name: String,
    listener: UnixListener,
}

/// A task that has come to a gate.
pub(crate) struct Waiting {
    pub(crate) pid: u32,
    stream: UnixStream,
}

impl Waiting {
    /// Lets the task go on.
    pub(crate) fn pass(self) {
        drop(self.stream);
    }
}

/// A task that has begun and holds its worker until it is released or dropped.
pub(crate) struct Held {
    pub(crate) future: Future<u32>,
    pub(crate) waiting: Waiting,
}

impl Held {
    /// Lets the task go on to its end.
    pub(crate) fn release(self) -> Future<u32> {
        self.waiting.pass();
        self.future
    }

    pub(crate) fn pid(&self) -> u32 {
        self.waiting.pid
    }
}

fn address(name: &str) -> SocketAddr {
    SocketAddr::from_abstract_name(name).expect("a name of this length can be had")
}

impl Gate {
    pub(crate) fn new() -> Self {
        static GATES: AtomicU32 = AtomicU32::new(0);
        let number = GATES.fetch_add(1, Ordering::SeqCst);
        let name = format!("concurrent-futures gate {} {number}", process::id());
        let listener = UnixListener::bind_addr(&address(&name)).expect("a name nobody else has");
        Self { name, listener }
    }

    /// What a task needs to come here.
    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    /// The next task that comes.
    pub(crate) fn next(&self) -> Waiting {
        let (mut stream, _) = self.listener.accept().expect("tasks can come");
        let mut pid = [0; 4];
        stream.read_exact(&mut pid).expect("a task says which process it is in");
        Waiting { pid: u32::from_le_bytes(pid), stream }
    }

    /// Occupies one worker; when this returns the task runs.
    pub(crate) fn hold(&self, pool: &ProcessPoolExecutor) -> Held {
        self.hold_with(pool, TaskOptions::new())
    }

    pub(crate) fn hold_with(&self, pool: &ProcessPoolExecutor, options: TaskOptions) -> Held {
        let future = pool.submit_with(options, stop_at, self.name());
        Held { future, waiting: self.next() }
    }

    /// Occupies `count` workers.
    pub(crate) fn hold_all(&self, pool: &ProcessPoolExecutor, count: usize) -> Vec<Held> {
        (0..count).map(|_| self.hold(pool)).collect()
    }
}

/// A task that waits at a gate, and returns the process it ran in.
pub(crate) fn stop_at(gate: String) -> u32 {
    let mut stream = UnixStream::connect_addr(&address(&gate)).expect("the gate is there");
    stream.write_all(&process::id().to_le_bytes()).expect("the gate listens");
    let _passed = stream.read(&mut [0]);
    process::id()
}

/// A task that tells its process.
pub(crate) fn pid(_: ()) -> u32 {
    process::id()
}

/// A task that ends its worker.
pub(crate) fn abort(_: ()) -> u32 {
    process::abort()
}

/// A task that panics.
pub(crate) fn fail(message: String) -> u32 {
    panic!("{message}")
}

/// Waits for something that has no event of its own; the watchdog bounds it.
pub(crate) fn eventually(happened: impl Fn() -> bool) {
    while !happened() {
        thread::yield_now();
    }
}

/// The fields of `/proc/<pid>/stat` behind the name; `None`: there is no such process.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    Some(fields.split_ascii_whitespace().map(str::to_owned).collect())
}

/// Whether a process runs; one that has ended and was not waited for does not.
pub(crate) fn is_alive(pid: u32) -> bool {
    stat(pid).is_some_and(|fields| !matches!(&*fields[0], "Z" | "X"))
}

/// Whether there is anything of a process, be it that it was not waited for.
pub(crate) fn exists(pid: u32) -> bool {
    stat(pid).is_some()
}

/// The processes whose parent is `parent`.
pub(crate) fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("this test needs /proc").flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| stat(*id).is_some_and(|fields| fields[1] == parent.to_string())).collect()
}

/// A directory that is gone with its owner.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::SeqCst);
        let name = format!("concurrent-futures-{}-{number}", process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("nobody else has this name");
        Self(path.canonicalize().expect("it is there"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Sends a signal to a process that is a child of this one, or of a child.
pub(crate) fn signal(pid: u32, signal: i32) {
    // SAFETY: `kill` touches no memory of this process.
    let sent = unsafe { libc::kill(pid.cast_signed(), signal) };
    assert_eq!(sent, 0, "process {pid}: {}", std::io::Error::last_os_error());
}

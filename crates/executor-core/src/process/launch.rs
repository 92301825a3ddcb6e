//! Starting one process.
//!
//! - P1. Every array of strings is ended by a null pointer, and the strings live in the caller's
//!   frame until the call is over.
//! - P2. Actions and attributes are initialised where they are made and destroyed once, when
//!   dropped; they are not moved in between, for they live in a box.
//! - P3. A signal set is initialised by `sigemptyset` before anything else is done with it.
//! - P4. What the C library has under the name of one of its functions has the type of that
//!   function.
//! - P5. Asking for the flags of a descriptor changes nothing, whosever it is and whether it is
//!   open.

use std::ffi::{CString, OsString, c_char, c_int};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::ptr::null_mut;

use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open};

use super::ends::{FIRST, Output, proof};
use super::marker::{Marker, Role, VARIABLE, depth};
use super::{exit, image};

/// A process that this program has started.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) pid: u32,
    pub(crate) pidfd: OwnedFd,
}

/// A copy of the program to be started.
pub(crate) struct Launch<'a> {
    pub(crate) role: Role,
    /// What it gets as descriptors 3 and up; the first one is what it knows the order to be meant
    /// for it by.
    pub(crate) fds: &'a [BorrowedFd<'a>],
    /// What `ps` shows.
    pub(crate) title: &'a str,
    /// What its environment has besides that of the program.
    pub(crate) env: &'a [(OsString, OsString)],
    pub(crate) stdout: &'a Output,
    pub(crate) stderr: &'a Output,
}

/// Signals that a process starts with in their default action, whatever this program made of them.
/// Those that a shell ignores on purpose (SIGHUP under `nohup`) stay ignored.
const DEFAULT: [c_int; 9] = [
    libc::SIGCHLD,
    libc::SIGPIPE,
    libc::SIGTERM,
    libc::SIGINT,
    libc::SIGABRT,
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
];

/// Starts a copy of the program. The calling thread must outlive the copy: it ends with it.
pub(crate) fn launch(launch: &Launch<'_>) -> io::Result<Child> {
    let program = image::executable()?;
    let title = text(launch.title.as_bytes().to_vec())?;
    let environment = environment(launch)?;
    let (actions, _sources) = actions(launch)?;
    let attributes = Attributes::new()?;

    let argv = [title.as_ptr().cast_mut(), null_mut()];
    let mut envp: Vec<*mut c_char> = environment.iter().map(|e| e.as_ptr().cast_mut()).collect();
    envp.push(null_mut());
    let mut pid = 0;
    // SAFETY: P1 and P2.
    check(unsafe {
        libc::posix_spawn(
            &raw mut pid,
            program.as_ptr(),
            actions.get(),
            attributes.get(),
            argv.as_ptr(),
            envp.as_ptr(),
        )
    })?;
    watched(pid.cast_unsigned())
}

/// A child of this process, by its id; it is ended if it cannot be watched.
pub(crate) fn watched(pid: u32) -> io::Result<Child> {
    let Some(id) = Pid::from_raw(pid.cast_signed()) else {
        return Err(io::Error::from_raw_os_error(libc::ESRCH));
    };
    match pidfd_open(id, PidfdFlags::empty()) {
        Ok(pidfd) => Ok(Child { pid, pidfd }),
        Err(error) => {
            // It was not waited for yet, so the id is still its own.
            let _ended_already = rustix::process::kill_process(id, Signal::KILL);
            exit::reap(pid, true)?;
            Err(error.into())
        }
    }
}

/// The result of a call that returns its error.
fn check(error: c_int) -> io::Result<()> {
    match error {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

fn text(bytes: Vec<u8>) -> io::Result<CString> {
    CString::new(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

/// The environment of the program, what is added to it, and the marker.
fn environment(launch: &Launch<'_>) -> io::Result<Vec<CString>> {
    let Some(&first) = launch.fds.first() else {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    };
    let (parent, depth) = (std::process::id(), depth() + 1);
    let marker = Marker { role: launch.role, parent, depth, proof: proof(first)? };
    let marker = (OsString::from(VARIABLE), OsString::from(marker.to_string()));
    let added: Vec<_> = launch.env.iter().filter(|(name, _)| name != VARIABLE).collect();
    let replaced = |name: &OsString| *name == marker.0 || added.iter().any(|(new, _)| new == name);
    let kept = std::env::vars_os().filter(|(name, _)| !replaced(name));
    let new = added.iter().map(|pair| (*pair).clone());
    let last = |at: usize, name: &OsString| added[at + 1..].iter().all(|(later, _)| later != name);
    let new = new.enumerate().filter(|(at, (name, _))| last(*at, name)).map(|(_, pair)| pair);
    let variable = |(name, value): (OsString, OsString)| {
        let name = name.into_vec();
        if name.is_empty() || name[1..].contains(&b'=') {
            let says = "the name of a variable is empty or has an equals sign in it";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, says));
        }
        text([name, value.into_vec()].join(&b'='))
    };
    kept.chain(new).chain([marker.clone()]).map(variable).collect()
}

/// Where each descriptor of the child comes from. The copies that are returned must live until it
/// is started: they have numbers of which none is overwritten before it was read.
fn actions(launch: &Launch<'_>) -> io::Result<(Actions, Vec<OwnedFd>)> {
    let mut actions = Actions::new()?;
    let mut sources = Vec::new();
    let last = FIRST + launch.fds.len() as RawFd;
    let mut place = |fd: BorrowedFd<'_>, number: RawFd| -> io::Result<()> {
        const BEYOND: RawFd = 10;
        let source = fcntl_dupfd_cloexec(fd, last.max(BEYOND))?;
        actions.dup2(source.as_raw_fd(), number)?;
        sources.push(source);
        Ok(())
    };
    // Nobody writes into this pipe, so it ends at once, and needs no file system.
    let (empty, _) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    place(as_fd(&empty), 0)?;
    for (output, number) in [(launch.stdout, 1), (launch.stderr, 2)] {
        match output {
            Output::Inherit => {}
            Output::Null => place(as_fd(&null()?), number)?,
            Output::Pipe(fd) => place(as_fd(fd), number)?,
        }
    }
    for (&fd, number) in launch.fds.iter().zip(FIRST..) {
        place(fd, number)?;
    }
    actions.close_from(last)?;
    Ok((actions, sources))
}

fn as_fd(fd: &OwnedFd) -> BorrowedFd<'_> {
    std::os::fd::AsFd::as_fd(fd)
}

/// A file that takes everything and keeps nothing.
pub(crate) fn null() -> io::Result<OwnedFd> {
    use rustix::fs::{Mode, OFlags, open};
    Ok(open(c"/dev/null", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?)
}

/// What happens to the child's descriptors before it executes.
struct Actions(Box<MaybeUninit<libc::posix_spawn_file_actions_t>>);

impl Actions {
    fn new() -> io::Result<Self> {
        let mut actions = Box::new(MaybeUninit::uninit());
        // SAFETY: P2.
        check(unsafe { libc::posix_spawn_file_actions_init(actions.as_mut_ptr()) })?;
        Ok(Self(actions))
    }

    fn get(&self) -> *const libc::posix_spawn_file_actions_t {
        self.0.as_ptr()
    }

    fn dup2(&mut self, from: RawFd, to: RawFd) -> io::Result<()> {
        // SAFETY: P2.
        check(unsafe { libc::posix_spawn_file_actions_adddup2(self.0.as_mut_ptr(), from, to) })
    }

    /// Keeps what a part of the program did not mark as its own from the child, where the C library
    /// can.
    fn close_from(&mut self, first: RawFd) -> io::Result<()> {
        // SAFETY: P4: its type.
        type AddCloseFrom =
            unsafe extern "C" fn(*mut libc::posix_spawn_file_actions_t, c_int) -> c_int;
        // By its name, for a program that links to it would not start where there is none.
        let name = c"posix_spawn_file_actions_addclosefrom_np";
        // SAFETY: P4.
        let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        if address.is_null() {
            return self.close_each_from(first);
        }
        // SAFETY: P4.
        let add = unsafe { std::mem::transmute::<*mut libc::c_void, AddCloseFrom>(address) };
        // SAFETY: P2.
        check(unsafe { add(self.0.as_mut_ptr(), first) })
    }

    /// The same for what is open now and would be inherited, where `/proc` tells it.
    fn close_each_from(&mut self, first: RawFd) -> io::Result<()> {
        let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return Ok(()) };
        let numbers = open.flatten().filter_map(|fd| fd.file_name().to_str()?.parse().ok());
        for number in numbers.filter(|&number: &RawFd| number >= first) {
            // SAFETY: P5.
            let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
            if flags != -1 && flags & libc::FD_CLOEXEC == 0 {
                // SAFETY: P2.
                check(unsafe {
                    libc::posix_spawn_file_actions_addclose(self.0.as_mut_ptr(), number)
                })?;
            }
        }
        Ok(())
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: P2.
        unsafe { libc::posix_spawn_file_actions_destroy(self.0.as_mut_ptr()) };
    }
}

/// How the child treats signals at first.
struct Attributes(Box<MaybeUninit<libc::posix_spawnattr_t>>);

impl Attributes {
    fn new() -> io::Result<Self> {
        let mut attributes = Box::new(MaybeUninit::uninit());
        // SAFETY: P2.
        check(unsafe { libc::posix_spawnattr_init(attributes.as_mut_ptr()) })?;
        let mut attributes = Self(attributes);
        attributes.signals()?;
        Ok(attributes)
    }

    /// The keys Ctrl-C must not end a child before it can take care of that itself.
    fn signals(&mut self) -> io::Result<()> {
        let flags = libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_SETSIGDEF;
        let flags = libc::c_short::try_from(flags).map_err(io::Error::other)?;
        let (blocked, default) = (signal_set(&[libc::SIGINT]), signal_set(&DEFAULT));
        // SAFETY: P2.
        check(unsafe {
            libc::posix_spawnattr_setsigmask(self.0.as_mut_ptr(), &raw const blocked)
        })?;
        // SAFETY: P2.
        check(unsafe {
            libc::posix_spawnattr_setsigdefault(self.0.as_mut_ptr(), &raw const default)
        })?;
        // SAFETY: P2.
        check(unsafe { libc::posix_spawnattr_setflags(self.0.as_mut_ptr(), flags) })
    }

    fn get(&self) -> *const libc::posix_spawnattr_t {
        self.0.as_ptr()
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: P2.
        unsafe { libc::posix_spawnattr_destroy(self.0.as_mut_ptr()) };
    }
}

fn signal_set(signals: &[c_int]) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: P3.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    for &signal in signals {
        // SAFETY: P3.
        unsafe { libc::sigaddset(set.as_mut_ptr(), signal) };
    }
    // SAFETY: P3.
    unsafe { set.assume_init() }
}

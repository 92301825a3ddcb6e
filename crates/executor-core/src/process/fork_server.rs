//! A process that starts workers by forking itself.
//!
//! It is a copy of the program that went no further than `init`, so it has one thread, holds no
//! lock, and can be forked at any moment, which takes a fraction of the time in which a program is
//! executed. The workers are not its children but its siblings: they end with the program, which
//! waits for them as for workers that it executed.
//!
//! Rule F2. The handler runs in a process that has just been forked off, on its only thread, before
//! `fork` returns there; nothing forks while it holds the lock of the servers.

mod command;
#[expect(unsafe_code, reason = "the system call behind fork; rules K1 to K3")]
mod clone;
mod serve;

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Once, PoisonError, Weak};
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::Signal;

use crate::global_lock::GlobalLock;

use super::ends::{Ends, Output};
use super::exit;
use super::launch::{Child, Launch, launch, watched};
use super::marker::Role;
use command::{Answer, Command};

pub(crate) use serve::serve;

/// A fork server, running or not: it is started when it is needed first, and again when it has
/// died.
#[derive(Debug)]
pub(crate) struct ForkServer {
    title: String,
    running: Mutex<Option<Running>>,
}

/// A worker to be forked off.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) ends: &'a Ends,
    pub(crate) title: &'a str,
    pub(crate) env: &'a [(OsString, OsString)],
    pub(crate) stdout: &'a Output,
    pub(crate) stderr: &'a Output,
    /// How long the server may take to answer.
    pub(crate) patience: Duration,
}

/// The process of a server.
#[derive(Debug)]
struct Running {
    socket: OwnedFd,
    child: Child,
    env: Vec<(OsString, OsString)>,
    /// How many commands it was given.
    commands: AtomicU32,
    /// The process that started it, of a program that forks.
    owner: u32,
}

/// Why a server did not start a worker.
enum Failure {
    /// It had died before it began.
    Gone(io::Error),
    Failed(io::Error),
}

static SHARED: GlobalLock<Vec<Shared>> = GlobalLock::new(Vec::new(), Vec::new);

/// A process that is forked off has no part in the servers of its parent.
fn watch_forks() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        // SAFETY: F2. A refusal (no memory) leaves the program as it was without a watch.
        let _refused = unsafe { libc::pthread_atfork(None, None, Some(after_fork)) };
    });
}

extern "C" fn after_fork() {
    // SAFETY: F2, hence G1.
    unsafe { SHARED.renew() };
}

/// What a shared server's workers have in their environment, and the server.
type Shared = (Vec<(OsString, OsString)>, Weak<ForkServer>);

impl ForkServer {
    /// The one that all pools with this environment share. It ends with the last of them, and comes
    /// back with the next.
    pub(crate) fn shared(program: &str, env: &[(OsString, OsString)]) -> Arc<Self> {
        watch_forks();
        let mut shared = SHARED.write();
        shared.retain(|(_, server)| server.strong_count() > 0);
        let known = shared.iter().find(|(known, _)| known == env);
        if let Some(server) = known.and_then(|(_, server)| server.upgrade()) {
            return server;
        }
        let server = Arc::new(Self::new(format!("{program} [fork server]")));
        shared.push((env.to_vec(), Arc::downgrade(&server)));
        server
    }

    /// A server that `ps` will show as `title`. It is not started yet.
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), running: Mutex::new(None) }
    }

    /// Starts a worker, and the server before it where it is not running. The calling thread must
    /// outlive both: they end with it.
    ///
    /// The error is of the kind `Unsupported` if the program cannot be forked; it can be executed.
    pub(crate) fn start(&self, request: &Request<'_>) -> io::Result<Child> {
        let mut place = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // What a process is to have in its environment it must have when it is executed.
        if place.as_ref().is_some_and(|running| {
            running.env != request.env || running.owner != std::process::id()
        }) {
            *place = None;
        }
        if let Some(running) = &*place {
            match running.start(request) {
                Ok(child) => return Ok(child),
                Err(Failure::Gone(_)) => *place = None,
                Err(Failure::Failed(error)) => return Err(self.stopped(&mut place, error)),
            }
        }
        let running = place.insert(Running::launch(&self.title, request.env)?);
        match running.start(request) {
            Ok(child) => Ok(child),
            Err(Failure::Gone(error) | Failure::Failed(error)) => {
                Err(self.stopped(&mut place, error))
            }
        }
    }

    /// The process, while there is one.
    #[cfg(test)]
    pub(crate) fn pid(&self) -> Option<u32> {
        let place = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        place.as_ref().map(|running| running.child.pid)
    }

    /// A server that failed once is not asked again, unless it is only the machine that has not
    /// enough.
    fn stopped(&self, place: &mut Option<Running>, error: io::Error) -> io::Error {
        let machine = matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::ENOMEM));
        let own = matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE));
        if !machine && !own && error.kind() != io::ErrorKind::Unsupported {
            *place = None;
        }
        error
    }
}

impl Running {
    fn launch(title: &str, env: &[(OsString, OsString)]) -> io::Result<Self> {
        let (flags, any) = (SocketFlags::CLOEXEC, None);
        let (socket, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, any)?;
        // Its workers show their titles where it has its own, so it is given room.
        const ROOM: usize = 160;
        let child = launch(&Launch {
            role: Role::ForkServer,
            fds: &[theirs.as_fd()],
            title: &format!("{title:<ROOM$}"),
            env,
            stdout: &Output::Inherit,
            stderr: &Output::Inherit,
        })?;
        Ok(Self {
            socket,
            child,
            env: env.to_vec(),
            owner: std::process::id(),
            commands: AtomicU32::new(0),
        })
    }

    fn start(&self, request: &Request<'_>) -> Result<Child, Failure> {
        let number = self.commands.fetch_add(1, Relaxed);
        let (command, fds) = command(number, request);
        for timeout in [Timeout::Recv, Timeout::Send] {
            let set = set_socket_timeout(&self.socket, timeout, Some(request.patience));
            set.map_err(|error| Failure::Failed(error.into()))?;
        }
        command::send(self.socket.as_fd(), &command, &fds).map_err(failure)?;
        let mut answer = command::answer(self.socket.as_fd(), number).map_err(failure)?;
        if answer == Answer::Begun {
            answer = command::answer(self.socket.as_fd(), number).map_err(Failure::Failed)?;
        }
        match answer {
            Answer::Started(pid) => watched(pid).map_err(Failure::Failed),
            Answer::Begun => Err(Failure::Failed(io::ErrorKind::InvalidData.into())),
            Answer::Failed(errno) => Err(Failure::Failed(io::Error::from_raw_os_error(errno))),
            Answer::Cannot => {
                let says = "this program cannot be forked: it has threads before init(), or a C \
                            library that does not know of forks";
                Err(Failure::Failed(io::Error::new(io::ErrorKind::Unsupported, says)))
            }
        }
    }
}

/// A server that ends before it says that it begins has started no worker, so another one may.
fn failure(error: io::Error) -> Failure {
    match error.raw_os_error() {
        Some(libc::EPIPE | libc::ECONNRESET) => Failure::Gone(error),
        None if error.kind() == io::ErrorKind::UnexpectedEof => Failure::Gone(error),
        _ => Failure::Failed(error),
    }
}

/// What is sent for a request, and the descriptors that go with it.
fn command<'a>(number: u32, request: &'a Request<'_>) -> (Command, Vec<BorrowedFd<'a>>) {
    let mut fds = request.ends.borrow().to_vec();
    let mut target = |output: &'a Output| match output {
        Output::Inherit => command::Target::Inherit,
        Output::Null => command::Target::Null,
        Output::Pipe(fd) => {
            fds.push(fd.as_fd());
            command::Target::Given
        }
    };
    let (stdout, stderr) = (target(request.stdout), target(request.stderr));
    (Command { number, title: request.title.to_owned(), stdout, stderr }, fds)
}

impl Drop for Running {
    /// Leaves no process behind. It has nothing to lose: it only ever waits.
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            // An error means that it has ended, or is somebody else's by now.
            let _gone = exit::signal(self.child.pidfd.as_fd(), Signal::KILL);
            let _gone = exit::reap(self.child.pid, true);
        }
    }
}

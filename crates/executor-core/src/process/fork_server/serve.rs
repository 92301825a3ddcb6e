//! The server's side.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stderr, dup2_stdout};

use crate::process::ends::{Ends, FIRST};
use crate::process::launch::null;
use crate::process::remark::remark;
use crate::process::signals::{follow, leave, name};
use crate::process::title::Title;
use crate::process::worker;

use super::clone::{Library, Side};
use super::command::{Answer, Command, Target, receive, reply};

/// Forks workers for `parent` until it closes its end of the socket.
pub(crate) fn serve(socket: OwnedFd, parent: u32) -> ! {
    let title = Title::find();
    show(title, std::env::args().next().unwrap_or_default().trim_end());
    // So that no copy has to.
    crate::primitives::cores();
    let library = Library::of_single_thread();
    loop {
        let Ok(Some((command, fds))) = receive(socket.as_fd()) else { std::process::exit(0) };
        let tell = |answer| {
            // Nobody is there to be told, and the next command does not come.
            let _gone = reply(socket.as_fd(), command.number, &answer);
        };
        if library.is_some() {
            tell(Answer::Begun);
        }
        let answer = match library.map(Library::fork) {
            Some(Ok(Side::Copy)) => {
                tell(Answer::Started(std::process::id()));
                drop(socket);
                show(title, &command.title);
                become_worker(&command, fds, parent)
            }
            Some(Ok(Side::Original(pid))) => Answer::Started(pid),
            Some(Err(error)) => Answer::Failed(error.raw_os_error().unwrap_or(libc::EAGAIN)),
            None => Answer::Cannot,
        };
        drop(fds);
        tell(answer);
    }
}

fn show(place: Option<Title>, title: &str) {
    if let Some(place) = place {
        place.show(title);
    }
}

/// What the copy does.
fn become_worker(command: &Command, fds: Vec<OwnedFd>, parent: u32) -> ! {
    match prepare(command, fds, parent) {
        Ok(ends) => worker::run(ends),
        Err(error) => {
            remark(format_args!("a worker cannot begin: {error}"));
            leave(126)
        }
    }
}

fn prepare(command: &Command, fds: Vec<OwnedFd>, parent: u32) -> io::Result<Ends> {
    follow(parent)?;
    name("cf-worker");
    let mut fds = place(fds)?.into_iter();
    let mut next = || fds.next().ok_or_else(|| io::Error::from_raw_os_error(libc::EBADF));
    let ends = Ends { requests: next()?, replies: next()?, page: next()? };
    let mut output = |target| match target {
        Target::Inherit => Ok(None),
        Target::Null => null().map(Some),
        Target::Given => next().map(Some),
    };
    if let Some(stdout) = output(command.stdout)? {
        dup2_stdout(stdout)?;
    }
    if let Some(stderr) = output(command.stderr)? {
        dup2_stderr(stderr)?;
    }
    Ok(ends)
}

/// Gives the descriptors the numbers that they have in a worker that was executed.
fn place(fds: Vec<OwnedFd>) -> io::Result<Vec<OwnedFd>> {
    const BEYOND: i32 = 10;
    let from = |least| move |fd: &OwnedFd| Ok(fcntl_dupfd_cloexec(fd, least)?);
    let beyond: Vec<OwnedFd> = fds.iter().map(from(BEYOND)).collect::<io::Result<_>>()?;
    drop(fds);
    beyond.iter().map(from(FIRST)).collect()
}

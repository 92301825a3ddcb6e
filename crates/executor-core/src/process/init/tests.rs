//! Processes that are told to be workers, by hand and not always truly.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};

use crate::process::ends::{FIRST, proof};
use crate::process::image;
use crate::process::marker::{Marker, Role, VARIABLE};

/// A test of this very program; one that runs says so.
const TEST: &str = "process::init::tests::this_process_is_initialised";

#[test]
fn this_process_is_initialised() {
    assert!(crate::process::marker::initialised());
    assert_eq!(crate::process::marker::depth(), 0);
}

/// Starts a copy of this program by which `fds` are found at 3 and up.
fn copy(marker: &Marker, fds: Vec<OwnedFd>) -> Output {
    let mut command = Command::new(image::executable().unwrap().to_str().unwrap());
    command.args(["--exact", TEST]).env(VARIABLE, marker.to_string()).stdin(Stdio::null());
    let numbers: Vec<RawFd> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    let place = move || {
        for (&from, to) in numbers.iter().zip(FIRST..) {
            // SAFETY: the numbers are those of `fds`, and the process is about to execute another
            // program.
            unsafe { libc::dup2(from, to) };
        }
        Ok(())
    };
    // SAFETY: the closure calls one async-signal-safe function.
    unsafe { command.pre_exec(place) };
    let output = command.output().unwrap();
    drop(fds);
    output
}

/// A worker's ends, none of which leads anywhere.
fn ends() -> Vec<OwnedFd> {
    const BEYOND: RawFd = 10;
    let (requests, _) = rustix::pipe::pipe().unwrap();
    let (_, replies) = rustix::pipe::pipe().unwrap();
    let page = rustix::fs::memfd_create("page", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    let beyond = |fd: OwnedFd| rustix::io::fcntl_dupfd_cloexec(fd, BEYOND).unwrap();
    [requests, replies, page].map(beyond).into()
}

fn marker(fds: &[OwnedFd]) -> Marker {
    let proof = proof(fds[0].as_fd()).unwrap();
    Marker { role: Role::Worker, parent: std::process::id(), depth: 1, proof }
}

fn ran_a_test(output: &Output) -> bool {
    String::from_utf8_lossy(&output.stdout).contains("running 1 test")
}

#[test]
fn a_worker_does_not_run_the_program() {
    let fds = ends();
    let output = copy(&marker(&fds), fds);
    assert!(!ran_a_test(&output), "{output:?}");
    assert!(output.status.code().is_some(), "{output:?}");
}

#[test]
fn a_worker_whose_parent_is_gone_does_not_run_the_program_either() {
    let fds = ends();
    let orphan = Marker { parent: std::process::id() + 1, ..marker(&fds) };
    let output = copy(&orphan, fds);
    assert!(!ran_a_test(&output), "{output:?}");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn a_worker_that_lacks_a_descriptor_says_so() {
    let mut fds = ends();
    let marker = marker(&fds);
    fds.truncate(1);
    let output = copy(&marker, fds);
    assert!(!ran_a_test(&output), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("a worker cannot begin"), "{text}");
}

#[test]
fn who_was_given_something_else_is_no_worker() {
    let (fds, others) = (ends(), ends());
    for fds in [others, Vec::new()] {
        let output = copy(&marker(&ends()), fds);
        assert!(ran_a_test(&output), "{output:?}");
        assert!(output.status.success(), "{output:?}");
    }
    drop(fds);
}

#[test]
fn a_fork_server_that_nobody_needs_ends() {
    let flags = rustix::net::SocketFlags::CLOEXEC;
    let (unix, kind) = (rustix::net::AddressFamily::UNIX, rustix::net::SocketType::SEQPACKET);
    let (_, socket) = rustix::net::socketpair(unix, kind, flags, None).unwrap();
    let socket = rustix::io::fcntl_dupfd_cloexec(socket, 10).unwrap();
    let fds = vec![socket];
    let server = Marker { role: Role::ForkServer, ..marker(&fds) };
    let output = copy(&server, fds);
    assert!(!ran_a_test(&output), "{output:?}");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

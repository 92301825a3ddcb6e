//! The workers here are copies of this very test program.

use std::fs;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::*;
use crate::process::exit::{Ended, reap, signal};
use crate::process::page::Page;

crate::init_in_tests!();

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// A worker and this program's ends of what they share.
struct Worker {
    child: Child,
    requests: OwnedFd,
    replies: OwnedFd,
}

fn pipe() -> (OwnedFd, OwnedFd) {
    rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap()
}

fn order(method: &Method) -> (Order, OwnedFd, OwnedFd) {
    let ((theirs, requests), (replies, reply)) = (pipe(), pipe());
    let (_, _, page) = Page::create().unwrap();
    let order = Order {
        ends: Ends { requests: theirs, replies: reply, page },
        title: "tests [a pool, worker 7]".to_owned(),
        env: vec![("EXECUTOR_CORE_TEST".into(), "a=b".into())],
        stdout: Output::Null,
        stderr: Output::Null,
        method: method.clone(),
        patience: LONG,
    };
    (order, requests, replies)
}

fn outcome(order: Order) -> io::Result<Child> {
    let (sender, receiver) = mpsc::channel();
    start(order, Box::new(move |child| sender.send(child).unwrap()));
    receiver.recv_timeout(LONG).unwrap()
}

fn worker(method: &Method) -> Worker {
    let (order, requests, replies) = order(method);
    Worker { child: outcome(order).unwrap(), requests, replies }
}

fn methods() -> [Method; 2] {
    [Method::Spawn, Method::Fork(Arc::new(ForkServer::new("tests [a pool, fork server]")))]
}

/// Waits until a process is what it has to become.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < LONG, "{what}");
        thread::yield_now();
    }
}

impl Worker {
    fn file(&self, name: &str) -> String {
        let path = format!("/proc/{}/{name}", self.child.pid);
        let text = fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&text).replace('\0', "\n").trim_end().to_owned()
    }

    /// Waits until it has become a worker.
    fn ready(self) -> Self {
        until("it calls itself a worker", || self.file("comm") == "cf-worker");
        self
    }

    fn end(self) -> Ended {
        drop((self.requests, self.replies));
        reap(self.child.pid, true).unwrap().unwrap()
    }

    fn kill(self) -> Ended {
        signal(self.child.pidfd.as_fd(), Signal::KILL).unwrap();
        reap(self.child.pid, true).unwrap().unwrap()
    }
}

#[test]
fn a_worker_ends_when_nobody_has_requests_for_it() {
    for method in methods() {
        let ended = worker(&method).end();
        assert!(ended.code.is_some(), "{ended:?}, {method:?}");
        assert!(ended.max_rss > 0, "{ended:?}, {method:?}");
    }
}

#[test]
fn a_worker_that_is_killed_is_seen_to_be() {
    for method in methods() {
        let ended = worker(&method).kill();
        assert_eq!((ended.code, ended.signal), (None, Some(libc::SIGKILL)), "{method:?}");
    }
}

#[test]
fn a_worker_is_reaped_once() {
    let worker = worker(&Method::Spawn);
    let (pid, pidfd) = (worker.child.pid, worker.child.pidfd.try_clone().unwrap());
    assert_eq!(reap(pid, false).unwrap(), None);
    worker.kill();
    assert_eq!(reap(pid, true).unwrap(), Some(Ended::default()));
    signal(pidfd.as_fd(), Signal::TERM).unwrap();
}

#[test]
fn a_worker_has_its_title_its_variables_and_nothing_but_its_descriptors() {
    for method in methods() {
        let worker = worker(&method).ready();
        until("it shows its title", || worker.file("cmdline") == "tests [a pool, worker 7]");
        let environment = worker.file("environ");
        assert!(environment.lines().any(|line| line == "EXECUTOR_CORE_TEST=a=b"), "{method:?}");
        until("it has three standard descriptors and its two pipes", || {
            let fds = fs::read_dir(format!("/proc/{}/fd", worker.child.pid)).unwrap();
            let mut fds: Vec<String> =
                fds.map(|fd| fd.unwrap().file_name().into_string().unwrap()).collect();
            fds.sort();
            fds == ["0", "1", "2", "200", "201"]
        });
        worker.kill();
    }
}

/// The fields of `/proc/pid/stat` behind the name.
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

#[test]
fn a_worker_is_a_child_of_this_process_however_it_was_started() {
    for method in methods() {
        let worker = worker(&method);
        assert_eq!(stat(worker.child.pid).unwrap()[1], std::process::id().to_string());
        worker.kill();
    }
}

#[test]
fn an_interrupt_does_not_end_a_worker() {
    for method in methods() {
        let worker = worker(&method);
        signal(worker.child.pidfd.as_fd(), Signal::INT).unwrap();
        let worker = worker.ready();
        signal(worker.child.pidfd.as_fd(), Signal::INT).unwrap();
        assert!(worker.end().code.is_some(), "{method:?}");
    }
}

fn server_of(method: &Method) -> &ForkServer {
    match method {
        Method::Fork(server) => server,
        Method::Spawn => panic!("no server"),
    }
}

#[test]
fn a_fork_server_that_was_killed_is_started_again() {
    let [_, method] = methods();
    worker(&method).end();
    let first = server_of(&method).pid().unwrap();
    rustix::process::kill_process(first_pid(first), Signal::KILL).unwrap();
    worker(&method).end();
    let second = server_of(&method).pid().unwrap();
    assert_ne!(first, second);
    assert!(stat(first).is_none(), "the first one was reaped");
    drop(method);
    until("the second one is reaped", || stat(second).is_none());
}

fn first_pid(pid: u32) -> rustix::process::Pid {
    rustix::process::Pid::from_raw(pid.cast_signed()).unwrap()
}

#[test]
fn a_worker_outlives_its_fork_server() {
    let [_, method] = methods();
    let worker = worker(&method);
    let server = server_of(&method).pid().unwrap();
    drop(method);
    until("the server is reaped", || stat(server).is_none());
    assert_eq!(reap(worker.child.pid, false).unwrap(), None);
    assert!(worker.end().code.is_some());
}

#[test]
fn an_order_that_cannot_be_obeyed_is_refused() {
    for method in methods() {
        let (mut order, _requests, _replies) = order(&method);
        order.env = vec![("".into(), "1".into())];
        assert_eq!(outcome(order).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{method:?}");
    }
    let (mut order, _requests, _replies) = order(&Method::Spawn);
    order.title = "a\0b".to_owned();
    assert_eq!(outcome(order).unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn a_panic_of_who_is_told_does_not_end_the_nursery() {
    let (order, requests, _replies) = order(&Method::Spawn);
    let (sender, receiver) = mpsc::channel();
    let tell = move |child: io::Result<Child>| {
        sender.send(child.unwrap().pid).unwrap();
        panic!("the nursery survives this panic");
    };
    start(order, Box::new(tell));
    let pid = receiver.recv_timeout(LONG).unwrap();
    drop(requests);
    worker(&Method::Spawn).end();
    assert!(reap(pid, true).unwrap().unwrap().code.is_some());
}

#[test]
fn what_a_worker_writes_goes_where_it_is_told() {
    for method in methods() {
        let ((read, write), (mut order, requests, replies)) = (pipe(), order(&method));
        order.stdout = Output::Pipe(write);
        let child = outcome(order).unwrap();
        Worker { child, requests, replies }.end();
        // The worker, and nobody else, had the other end.
        let mut bytes = [0; 16];
        assert_eq!(rustix::io::read(&read, &mut bytes[..]).unwrap(), 0, "{method:?}");
    }
}

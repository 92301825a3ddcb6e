use std::os::fd::AsFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use super::*;

fn pair() -> (OwnedFd, OwnedFd) {
    let flags = SocketFlags::CLOEXEC;
    socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap()
}

fn command(title: &str) -> Command {
    Command { number: 7, title: title.to_owned(), stdout: Target::Null, stderr: Target::Given }
}

#[test]
fn a_command_arrives_with_its_descriptors() {
    let (here, there) = pair();
    let (read, write) = rustix::pipe::pipe().unwrap();
    let sent = command("worker");
    send(here.as_fd(), &sent, &[write.as_fd()]).unwrap();
    drop(write);
    let (received, fds) = receive(there.as_fd()).unwrap().unwrap();
    assert_eq!(received, sent);
    assert_eq!(rustix::io::write(&fds[0], b"x").unwrap(), 1);
    drop(fds);
    let mut bytes = [0; 2];
    assert_eq!(rustix::io::read(&read, &mut bytes[..]).unwrap(), 1);
    assert_eq!(rustix::io::read(&read, &mut bytes[..]).unwrap(), 0, "the copies are closed");
}

#[test]
fn an_answer_arrives() {
    let (here, there) = pair();
    for sent in [Answer::Begun, Answer::Started(u32::MAX), Answer::Failed(i32::MIN), Answer::Cannot]
    {
        reply(there.as_fd(), 7, &sent).unwrap();
        assert_eq!(answer(here.as_fd(), 7).unwrap(), sent);
    }
}

#[test]
fn an_end_is_told_from_a_message() {
    let (here, there) = pair();
    drop(here);
    assert!(receive(there.as_fd()).unwrap().is_none());
    let (here, there) = pair();
    drop(there);
    assert_eq!(answer(here.as_fd(), 7).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}

#[test]
fn a_message_that_is_too_long_is_not_sent() {
    let (here, _there) = pair();
    let (_read, write) = rustix::pipe::pipe().unwrap();
    let error = send(here.as_fd(), &command(&"x".repeat(5000)), &[write.as_fd()]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EMSGSIZE));
}

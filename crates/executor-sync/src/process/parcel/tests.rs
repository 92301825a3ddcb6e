use super::{Access, Parcel, pick_up};
use crate::process::travel::{Luggage, Ticket};
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, open};
use rustix::io::{read, write};
use rustix::pipe::pipe;
use std::os::fd::{AsFd, AsRawFd};

#[test]
fn an_end_of_a_pipe_is_opened_anew() {
    let (reader, writer) = pipe().unwrap();
    let reader = Parcel::new(reader, Access::Read);
    let writer = Parcel::new(writer, Access::Write);
    let there = Parcel::receive(&reader.ticket().unwrap()).unwrap();
    let back = Parcel::receive(&writer.ticket().unwrap()).unwrap();
    drop((reader, writer));
    assert_eq!(write(&back, b"abc").unwrap(), 3);
    let mut bytes = [0; 8];
    assert_eq!(read(&there, &mut bytes).unwrap(), 3);
    assert!(read(back.as_fd(), &mut bytes).is_err(), "the writing end cannot read");
    drop(back);
    assert_eq!(read(&there, &mut bytes).unwrap(), 0, "the pipe has ended");
}

#[test]
fn what_was_closed_is_an_error_that_says_so() {
    let (reader, _writer) = pipe().unwrap();
    let parcel = Parcel::new(reader, Access::Read);
    let ticket = parcel.ticket().unwrap();
    drop(parcel);
    let said = Parcel::receive(&ticket).unwrap_err();
    assert!(said.contains("dropped it before it was received"), "{said}");
}

/// To open it would be to wait for a writer that never comes.
#[test]
fn what_took_its_number_is_not_opened() {
    let path = std::env::temp_dir().join(format!("executor-sync-fifo-{}", std::process::id()));
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR, 0).unwrap();
    let fifo = open(&path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
    std::fs::remove_file(&path).unwrap();
    let fifo = fifo.unwrap();
    let (reader, _writer) = pipe().unwrap();
    let parcel = Parcel::new(reader, Access::Read);
    let ticket = Ticket { number: fifo.as_raw_fd(), ..parcel.ticket().unwrap() };
    assert!(Parcel::receive(&ticket).unwrap_err().contains("dropped it"));
}

#[test]
fn what_was_picked_up_outlives_its_sender() {
    let (reader, writer) = pipe().unwrap();
    let parcel = Parcel::new(reader, Access::Read);
    let ticket = parcel.ticket().unwrap();
    let mut luggage = Luggage::default();
    pick_up(&ticket, &mut luggage);
    drop(parcel);
    let first = Parcel::receive(&ticket).unwrap();
    drop(luggage);
    write(&writer, b"z").unwrap();
    let mut bytes = [0; 2];
    assert_eq!(read(first.into_descriptor().unwrap(), &mut bytes).unwrap(), 1);
    assert!(Parcel::receive(&ticket).is_err());
}

#[test]
fn a_ticket_with_nonsense_is_an_error() {
    let (reader, _writer) = pipe().unwrap();
    let mut ticket = Parcel::new(reader, Access::Read).ticket().unwrap();
    ticket.what = super::What::Parcel { access: 9 };
    assert!(Parcel::receive(&ticket).unwrap_err().contains("access 9"));
    ticket.what = super::What::Memory { token: 3 };
    assert!(Parcel::receive(&ticket).is_err());
}

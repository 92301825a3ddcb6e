use std::rc::Rc;

use rustix::io::read;
use rustix::pipe::{PipeFlags, pipe_with};

use super::*;

impl Block for Rc<Vec<u8>> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

fn pipe() -> (OwnedFd, OwnedFd) {
    pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC).unwrap()
}

fn read_exactly(pipe: &OwnedFd, mut left: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; left];
    while left > 0 {
        let n = read(pipe, &mut buffer[..left]).unwrap();
        all.extend_from_slice(&buffer[..n]);
        left -= n;
    }
    all
}

fn pattern(len: usize) -> Rc<Vec<u8>> {
    Rc::new((0..len).map(|n| (n % 251) as u8).collect())
}

fn put(lender: &mut Lender<Rc<Vec<u8>>>, pipe: &OwnedFd, body: &Rc<Vec<u8>>) {
    lender.begin(Rc::clone(body));
    while lender.is_busy() {
        lender.go_on(pipe, true).unwrap();
    }
}

#[test]
fn a_body_is_kept_until_it_has_been_read() {
    let (reader, writer) = pipe();
    let mut lender = Lender::new();
    let body = pattern(TURN);
    lender.wrote(write(&writer, b"before").unwrap());
    put(&mut lender, &writer, &body);
    lender.wrote(write(&writer, b"behind").unwrap());
    lender.settle(&writer);
    assert_eq!(Rc::strong_count(&body), 2, "nothing has been read");
    assert_eq!(read_exactly(&reader, 6 + TURN - 1)[6..], body[..TURN - 1]);
    lender.settle(&writer);
    assert_eq!(Rc::strong_count(&body), 2, "one byte is left");
    assert_eq!(read_exactly(&reader, 1), body[TURN - 1..]);
    lender.settle(&writer);
    assert_eq!(Rc::strong_count(&body), 1);
    assert_eq!(read_exactly(&reader, 6), b"behind");
}

#[test]
fn bodies_are_let_go_in_turn() {
    let (reader, writer) = pipe();
    let mut lender = Lender::new();
    let bodies = [TURN, TURN + 1, 2 * TURN].map(pattern);
    bodies.iter().for_each(|body| put(&mut lender, &writer, body));
    let counts = || bodies.each_ref().map(Rc::strong_count);
    assert_eq!(counts(), [2, 2, 2]);
    read_exactly(&reader, 2 * TURN + 1);
    assert!(lender.settle(&writer).is_some_and(|last| Rc::ptr_eq(&last, &bodies[1])));
    assert_eq!((counts(), lender.has_lent()), ([1, 1, 2], true));
    assert_eq!(read_exactly(&reader, 2 * TURN), **bodies.last().unwrap());
    lender.settle(&writer);
    assert_eq!((counts(), lender.has_lent()), ([1, 1, 1], false));
}

#[test]
fn the_end_of_a_body_that_the_pipe_cannot_hold_is_copied() {
    let (reader, writer) = pipe();
    let mut lender = Lender::new();
    let body = pattern(WIDE + TURN + 5);
    lender.begin(Rc::clone(&body));
    let mut seen = Vec::new();
    while lender.is_busy() {
        match lender.go_on(&writer, true) {
            Ok((_, None)) => {}
            Ok((_, Some(free))) => assert!(Rc::ptr_eq(&free, &body) && !lender.is_busy()),
            Err(Errno::AGAIN) => seen.extend(read_exactly(&reader, TURN)),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(Rc::strong_count(&body), 1, "nothing refers to it any more");
    seen.extend(read_exactly(&reader, body.len() - seen.len()));
    assert!(seen == **body);
}

/// The system refused to widen the pipe when the body was begun, and somebody who also has it open
/// was luckier.
#[test]
fn a_body_is_kept_if_the_pipe_has_been_widened_while_it_went_in() {
    let (reader, writer) = pipe();
    let mut lender = Lender::new();
    let body = pattern(WIDE + TURN);
    lender.begin(Rc::clone(&body));
    lender.current.as_mut().unwrap().copied = Some(size_of_pipe(&writer));
    lender.go_on(&writer, true).unwrap();
    widen(&writer, WIDE);
    let mut seen = Vec::new();
    while lender.is_busy() {
        match lender.go_on(&writer, true) {
            Ok(_) => {}
            Err(Errno::AGAIN) => seen.extend(read_exactly(&reader, TURN)),
            Err(error) => panic!("{error}"),
        }
    }
    lender.settle(&writer);
    assert_eq!(Rc::strong_count(&body), 2, "the pipe still refers to its beginning");
    seen.extend(read_exactly(&reader, body.len() - seen.len()));
    assert!(seen == **body);
    lender.settle(&writer);
    assert_eq!(Rc::strong_count(&body), 1);
}

use super::super::body::Body;
use super::super::codec::CodecError;
use super::super::frame::{FrameError, Header, Reply, ReplyKind, Request, RequestKind};
use super::{BUFFER, Content, FIRST, Frame, Intake, LARGE};

fn reply(item: u32, body: &[u8]) -> Vec<u8> {
    let kind = ReplyKind::Value;
    let mut bytes = Vec::new();
    Reply { kind, slot: 1, seq: 2, item, len: body.len() as u64 }.write(&mut bytes);
    bytes.extend_from_slice(body);
    bytes
}

/// Puts in what fits, and gives back what does not.
fn pour<'a, H: Header>(intake: &mut Intake<H>, stream: &'a [u8]) -> &'a [u8] {
    let space = intake.space();
    let n = space.len().min(stream.len());
    space[..n].copy_from_slice(&stream[..n]);
    intake.filled(n);
    &stream[n..]
}

/// An intake that has been full once.
fn grown() -> Intake<Reply> {
    let mut intake = Intake::new(1 << 20);
    let stream = reply(0, &[0; FIRST]);
    let rest = pour(&mut intake, &stream);
    assert!(intake.next(no_room).unwrap().is_none());
    assert!(pour(&mut intake, rest).is_empty());
    assert!(intake.next(no_room).unwrap().is_some());
    intake
}

fn bytes_for(header: &Reply) -> Result<Body, CodecError> {
    Body::room_for::<Vec<u8>>(header.len as usize)
}

fn no_room<H>(_: &H) -> Result<Body, CodecError> {
    Err(CodecError::no_room(1))
}

#[test]
fn small_frames_stay_in_the_buffer() {
    let mut intake = Intake::<Reply>::new(1 << 20);
    let stream = [reply(0, b"one"), reply(1, b""), reply(2, b"three")].concat();
    assert!(pour(&mut intake, &stream).is_empty());
    assert!(!intake.is_between_frames());
    for (n, body) in [b"one".as_slice(), b"", b"three"].into_iter().enumerate() {
        let Frame { header, content } = intake.next(no_room).unwrap().unwrap();
        assert_eq!(header.item as usize, n);
        assert!(matches!(content, Content::Small(small) if small == body), "{content:?}");
    }
    assert!(intake.next(no_room).unwrap().is_none());
    assert!(intake.is_between_frames());
}

/// What is still to come of a large body is read to where it stays, and not a byte further.
#[test]
fn a_large_body_lands_in_its_own_memory() {
    let mut intake = Intake::<Reply>::new(1 << 20);
    let numbers: Vec<u64> = (0..100_000).collect();
    let stream = [reply(7, bytemuck::cast_slice(&numbers)), reply(8, b"next")].concat();
    let mut rest = pour(&mut intake, &stream);
    assert_eq!(stream.len() - rest.len(), FIRST);
    let room = |header: &Reply| Body::room_for::<Vec<u64>>(header.len as usize);
    assert!(intake.next(room).unwrap().is_none());
    assert!(!intake.is_between_frames());
    assert_eq!(intake.space().len(), 800_000 - (FIRST - Reply::LEN));
    rest = pour(&mut intake, &rest[..100_000]);
    assert!(rest.is_empty() && intake.next(no_room).unwrap().is_none());
    let rest = pour(&mut intake, &stream[FIRST + 100_000..]);
    let Some(Frame { header, content: Content::Large(body) }) = intake.next(no_room).unwrap()
    else {
        panic!("a large body")
    };
    assert_eq!((header.item, body.decode::<Vec<u64>>().unwrap()), (7, numbers));
    pour(&mut intake, rest);
    assert_eq!(intake.next(no_room).unwrap().unwrap().header.item, 8);
    assert!(intake.is_between_frames());
}

/// What comes before a large body does not.
#[test]
fn it_grows_when_small_frames_have_filled_it() {
    let mut intake = Intake::<Reply>::new(1 << 20);
    assert_eq!(intake.space().len(), FIRST);
    let large = reply(0, &vec![1; FIRST + LARGE]);
    let rest = pour(&mut intake, &large);
    assert!(intake.next(bytes_for).unwrap().is_none());
    assert!(pour(&mut intake, rest).is_empty());
    assert!(intake.next(bytes_for).unwrap().is_some());
    assert_eq!(intake.space().len(), FIRST);

    assert_eq!(grown().space().len(), BUFFER);
}

#[test]
fn a_body_is_large_from_one_size_on() {
    let mut intake = grown();
    assert!(pour(&mut intake, &reply(0, &vec![1; LARGE - 1])).is_empty());
    let frame = intake.next(no_room).unwrap().unwrap();
    assert!(matches!(frame.content, Content::Small(body) if body == vec![1; LARGE - 1]));
    assert!(pour(&mut intake, &reply(0, &vec![1; LARGE])).is_empty());
    let frame = intake.next(bytes_for).unwrap().unwrap();
    assert!(matches!(frame.content, Content::Large(body) if body.as_bytes() == vec![1; LARGE]));
}

#[test]
fn a_body_without_room_is_skipped_and_the_next_frame_is_seen() {
    let mut intake = Intake::<Reply>::new(1 << 20);
    let stream = [reply(1, &vec![9; 300_000]), reply(2, b"after")].concat();
    let (mut rest, mut seen) = (stream.as_slice(), Vec::new());
    while !rest.is_empty() {
        rest = pour(&mut intake, rest);
        while let Some(frame) = intake.next(no_room).unwrap() {
            let skipped = matches!(frame.content, Content::Skipped(_));
            seen.push((frame.header.item, skipped));
        }
    }
    assert_eq!(seen, [(1, true), (2, false)]);
    assert!(intake.is_between_frames());
}

#[test]
fn a_huge_length_is_refused_before_there_is_memory_for_it() {
    for (most, len) in [(10, 11), (1 << 30, (1 << 30) + 1), (u64::MAX, u64::MAX)] {
        let mut intake = Intake::<Request>::new(most);
        let mut bytes = Vec::new();
        let (kind, timed) = (RequestKind::Run, false);
        Request {
            kind,
            timed,
            metered: false,
            width: 1,
            slot: 0,
            seq: 0,
            items: 1,
            wrapper: 0,
            function: 0,
            len,
        }
        .write(&mut bytes);
        pour(&mut intake, &bytes);
        let room = |_: &Request| -> Result<Body, CodecError> { panic!("no room is asked for") };
        let error = intake.next(room).unwrap_err();
        assert!(matches!(error, FrameError::TooLong { len: found, .. } if found == len));
        // And it stays so.
        assert_eq!(intake.next(room).unwrap_err(), error);
    }
}

#[test]
fn there_is_always_space_once_all_frames_are_taken() {
    let mut intake = grown();
    let stream = reply(0, &vec![5; LARGE - 1]).repeat(40);
    let (mut rest, mut frames) = (stream.as_slice(), 0);
    while !rest.is_empty() {
        assert!(intake.space().len() > BUFFER / 3);
        rest = pour(&mut intake, rest);
        while intake.next(no_room).unwrap().is_some() {
            frames += 1;
        }
    }
    assert_eq!(frames, 40);
}

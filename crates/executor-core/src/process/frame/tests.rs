use super::super::codec::{self, CodecError};
use super::{FrameError, Header, Reply, ReplyKind, Request, RequestKind, items, push_item};

use proptest::prelude::*;

fn request() -> Request {
    Request {
        kind: RequestKind::Run,
        timed: true,
        metered: false,
        width: 1,
        slot: 0x0102,
        seq: 0x0304_0506,
        items: 0x0708_090a,
        wrapper: 0x0b0c_0d0e_0f10_1112,
        function: 0x1314_1516_1718_191a,
        len: 0x1b1c_1d1e_1f20_2122,
    }
}

fn reply(kind: ReplyKind) -> Reply {
    Reply { kind, slot: 0x0102, seq: 0x0304_0506, item: 0x0708_090a, len: 0x1b1c_1d1e_1f20_2122 }
}

fn bytes_of(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes);
    bytes
}

#[test]
fn headers_lie_as_the_table_says() {
    let bytes = bytes_of(|into| request().write(into));
    let expected = [
        b"cQ\x02\x01\x06\x05\x04\x03\x0a\x09\x08\x07\x02\x01\x01\0".as_slice(),
        b"\x12\x11\x10\x0f\x0e\x0d\x0c\x0b\x1a\x19\x18\x17\x16\x15\x14\x13",
        b"\x22\x21\x20\x1f\x1e\x1d\x1c\x1b",
    ];
    assert_eq!(bytes, expected.concat());
    assert_eq!(Request::read(&bytes), Ok(request()));

    let bytes = bytes_of(|into| reply(ReplyKind::Value).write(into));
    let expected =
        b"cR\x04\0\x06\x05\x04\x03\x0a\x09\x08\x07\x02\x01\0\0\x22\x21\x20\x1f\x1e\x1d\x1c\x1b";
    assert_eq!(bytes, expected);
    assert_eq!(Reply::read(&bytes).unwrap().body_len(), 0x1b1c_1d1e_1f20_2122);
}

#[test]
fn all_kinds_come_back() {
    for kind in [RequestKind::Boot, RequestKind::Run, RequestKind::Leave] {
        for timed in [false, true] {
            let request = Request { kind, timed, ..request() };
            assert_eq!(Request::read(&bytes_of(|into| request.write(into))), Ok(request));
        }
    }
    let kinds = [
        ReplyKind::Hello,
        ReplyKind::Refused,
        ReplyKind::Bell,
        ReplyKind::Value,
        ReplyKind::Panicked,
        ReplyKind::Encode,
        ReplyKind::Decode,
        ReplyKind::Spent,
        ReplyKind::Laden,
    ];
    for kind in kinds {
        assert_eq!(Reply::read(&reply(kind).to_bytes()), Ok(reply(kind)));
    }
}

#[test]
fn what_is_no_header_is_refused_with_what_was_found() {
    fn refusal<H: Header>(mut bytes: Vec<u8>, at: usize, byte: u8) -> String {
        bytes[at] = byte;
        H::read(&bytes).err().expect("this is no header").to_string()
    }
    let request = bytes_of(|into| Request { items: 1, ..request() }.write(into));
    let reply = bytes_of(|into| reply(ReplyKind::Bell).write(into));
    let refusals = [
        (refusal::<Request>(request.clone(), 1, b'R'), "0x63 0x52"),
        (refusal::<Request>(request.clone(), 2, 0), "unknown kind 0"),
        (refusal::<Request>(request.clone(), 2, 4), "unknown kind 4"),
        (refusal::<Request>(request.clone(), 3, 4), "unknown flags 0x04"),
        (refusal::<Request>(request.clone(), 15, 1), "0x0001 where it has to be zero"),
        (refusal::<Request>(request.clone(), 8, 0), "no item at all"),
        (refusal::<Reply>(reply.clone(), 0, 0), "0x00 0x52"),
        (refusal::<Reply>(reply.clone(), 2, 10), "unknown kind 10"),
        (refusal::<Reply>(reply.clone(), 3, 1), "unknown flags 0x01"),
        (refusal::<Reply>(reply.clone(), 14, 1), "0x0001 where it has to be zero"),
    ];
    for (refusal, expected) in refusals {
        assert!(refusal.contains(expected), "{refusal}");
    }
    assert_eq!(Request::read(&request[..39]), Err(FrameError::Short(39)));
    assert_eq!(Reply::read(&[]), Err(FrameError::Short(0)));
}

#[test]
fn an_item_that_cannot_be_written_leaves_nothing() {
    let mut body = Vec::new();
    push_item(&mut body, |into| codec::encode(&"one".to_owned(), into)).unwrap();
    let failed = push_item(&mut body, |into| {
        into.extend_from_slice(b"a part");
        Err(CodecError::no_room(1))
    });
    assert_eq!(failed.unwrap_err().to_string(), "there is no memory for 1 bytes");
    push_item(&mut body, |_| Ok(())).unwrap();
    assert_eq!(body, b"\x03\0\0\0one\0\0\0\0");
    let found: Vec<_> = items(&body).collect();
    assert_eq!(found, [Ok(b"one".as_slice()), Ok(b"")]);
}

#[test]
fn items_that_are_cut_off_end_in_an_error() {
    let mut cut = items(b"\x01\0\0\0x\x05\0\0\0four");
    assert_eq!(cut.next(), Some(Ok(b"x".as_slice())));
    assert_eq!(cut.next(), Some(Err(FrameError::Item { len: 5, left: 4 })));
    assert_eq!(cut.next(), None);
    let mut short = items(b"\x01\0\0");
    assert_eq!(short.next(), Some(Err(FrameError::Short(3))));
    assert_eq!(short.next(), None);
    let said = FrameError::Item { len: 5, left: 4 }.to_string();
    assert_eq!(said, "an item announces 5 bytes, but only 4 are left in its frame");
}

proptest! {
    #[test]
    fn items_come_back(all in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..40)) {
        let mut body = Vec::new();
        for item in &all {
            push_item(&mut body, |into| codec::encode(item, into)).unwrap();
        }
        let found: Result<Vec<_>, _> = items(&body).collect();
        prop_assert_eq!(found.unwrap(), all);
    }

    #[test]
    fn any_bytes_are_items_or_an_error(body: Vec<u8>) {
        let found: Vec<_> = items(&body).collect();
        let bytes: usize = found.iter().flatten().map(|item| item.len() + 4).sum();
        let whole = found.iter().all(Result::is_ok);
        prop_assert_eq!(whole, bytes == body.len());
        prop_assert!(found.iter().rev().skip(1).all(Result::is_ok));
    }

    #[test]
    fn any_bytes_are_a_header_or_an_error(mut bytes in prop::collection::vec(any::<u8>(), 0..48), mend: bool) {
        if mend && bytes.len() > 16 {
            bytes[..4].copy_from_slice(b"cR\x04\0");
            bytes[14..16].fill(0);
        }
        if let Ok(reply) = Reply::read(&bytes) {
            prop_assert_eq!(&reply.to_bytes()[..], &bytes[..Reply::LEN]);
        }
        if let Ok(request) = Request::read(&bytes) {
            prop_assert_eq!(&bytes_of(|into| request.write(into))[..], &bytes[..Request::LEN]);
        }
    }
}

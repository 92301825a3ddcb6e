//! Any bytes as a stream of frames of either direction: never a panic, and the same frames and the
//! same end, however the stream is cut into pieces. The files are taken in as they are, since they
//! are private to their crate.

#![no_main]
#![allow(dead_code, unused_imports, reason = "a part of what the files have is used here")]

#[path = "../../crates/executor-core/src/process/body/mod.rs"]
mod body;
#[path = "../../crates/executor-core/src/process/codec/mod.rs"]
mod codec;
#[path = "../../crates/executor-core/src/process/frame/mod.rs"]
mod frame;
#[path = "../../crates/executor-core/src/process/intake/mod.rs"]
mod intake;

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;

use body::Body;
use frame::{FrameError, Header, Reply, ReplyKind, Request, RequestKind, items};
use intake::{Content, Intake};

const MOST: u64 = 100 << 10;
/// How long a stream may become, for else few fit in a second.
const STREAM: usize = 300 << 10;

/// All that a stream yields.
#[derive(Debug, PartialEq)]
struct Seen<H> {
    frames: Vec<(H, Option<Vec<u8>>)>,
    end: Result<bool, FrameError>,
}

fn run<H: Header + Clone>(mut stream: &[u8], mut piece: impl FnMut() -> usize) -> Seen<H> {
    let mut intake = Intake::<H>::new(MOST);
    let mut frames = Vec::new();
    loop {
        loop {
            let made = frames.len();
            let next = intake.next(|header| {
                assert!(header.body_len() <= MOST);
                match made % 3 {
                    0 => Body::room_for::<Vec<u64>>(header.body_len() as usize),
                    _ => Body::room_for::<String>(header.body_len() as usize),
                }
            });
            match next {
                Ok(Some(frame)) => {
                    let body = match frame.content {
                        Content::Small(bytes) => Some(bytes.to_vec()),
                        Content::Large(body) => Some(body.as_bytes().to_vec()),
                        Content::Skipped(_) => None,
                    };
                    frames.push((frame.header.clone(), body));
                }
                Ok(None) => break,
                Err(error) => return Seen { frames, end: Err(error) },
            }
        }
        if stream.is_empty() {
            return Seen { frames, end: Ok(intake.is_between_frames()) };
        }
        let space = intake.space();
        assert!(!space.is_empty());
        let n = piece().clamp(1, space.len().min(stream.len()));
        space[..n].copy_from_slice(&stream[..n]);
        intake.filled(n);
        stream = &stream[n..];
    }
}

/// Makes whole frames and long bodies of short inputs. Most bytes stand for themselves; 0xff and `n`
/// are a run of bytes, 0xfe, `kind` and `n` are a header, which a body follows if `kind` is large.
fn spread<H: Made>(data: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut rest = data;
    while stream.len() < STREAM {
        rest = match *rest {
            [0xff, n, ref rest @ ..] => {
                stream.resize(stream.len() + usize::from(n) * 512, n);
                rest
            }
            [0xfe, kind, n, ref rest @ ..] => {
                let len = if n < 128 { usize::from(n) } else { usize::from(n - 100) * 700 };
                H::make(kind, len as u64, &mut stream);
                stream.resize(stream.len() + if kind < 128 { 0 } else { len }, n);
                rest
            }
            [byte, ref rest @ ..] => {
                stream.push(byte);
                rest
            }
            [] => break,
        }
    }
    stream
}

/// A header that can be made up.
trait Made: Header + Clone + Debug + PartialEq {
    fn make(kind: u8, len: u64, into: &mut Vec<u8>);
}

impl Made for Request {
    fn make(kind: u8, len: u64, into: &mut Vec<u8>) {
        let (timed, slot, items) = (kind & 2 == 0, u16::from(kind), u32::from(kind) + 1);
        let (kind, seq) = (if kind & 1 == 0 { RequestKind::Boot } else { RequestKind::Run }, 7);
        Request { kind, timed, metered: false, width: 1, slot, seq, items, wrapper: len, function: 9, len }.write(into);
    }
}

impl Made for Reply {
    fn make(kind: u8, len: u64, into: &mut Vec<u8>) {
        let (slot, item) = (u16::from(kind), u32::from(kind));
        let kind = [ReplyKind::Value, ReplyKind::Bell, ReplyKind::Spent][usize::from(kind) % 3];
        Reply { kind, slot, seq: 7, item, len }.write(into);
    }
}

fn both<H: Made>(seed: u8, data: &[u8]) {
    let stream = &spread::<H>(data);
    let whole = run::<H>(stream, || usize::MAX);
    let mut state = u32::from(seed) + 1;
    let cut = run::<H>(stream, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 << (state >> 28)
    });
    assert_eq!(whole, cut);
    for body in whole.frames.iter().filter_map(|(_, body)| body.as_ref()) {
        let parts = items(body).map(|item| item.map_or(0, |item| item.len() + 4));
        assert!(parts.sum::<usize>() <= body.len());
    }
}

fuzz_target!(|data: &[u8]| {
    let [seed, direction, data @ ..] = data else { return };
    match direction % 2 {
        0 => both::<Request>(*seed, data),
        _ => both::<Reply>(*seed, data),
    }
});

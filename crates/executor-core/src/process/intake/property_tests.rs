use proptest::prelude::*;

use super::super::body::Body;
use super::super::frame::{FrameError, Header, Reply, ReplyKind, Request, RequestKind};
use super::{Content, Intake};

const MOST: u64 = 200_000;

/// All that a stream yields: headers, each with what came of its body, and how it ends.
#[derive(Debug, PartialEq)]
struct Seen<H> {
    frames: Vec<(H, Option<Vec<u8>>)>,
    end: Result<bool, FrameError>,
}

/// Reads a stream in pieces of these sizes, over and over. There is room for frames that
/// `has_room`.
fn read<H: Header + Clone>(
    mut stream: &[u8],
    pieces: &[usize],
    has_room: impl Fn(&H) -> bool,
) -> Seen<H> {
    let mut intake = Intake::new(MOST);
    let mut frames = Vec::new();
    let mut pieces = pieces.iter().cycle();
    loop {
        loop {
            let next = intake.next(|header: &H| {
                assert!(header.body_len() <= MOST);
                // As an allocation fails that is far too large.
                let len = if has_room(header) { header.body_len() as usize } else { usize::MAX };
                Body::room_for::<String>(len)
            });
            let frame = match next {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(error) => return Seen { frames, end: Err(error) },
            };
            let body = match frame.content {
                Content::Small(body) => Some(body.to_vec()),
                Content::Large(body) => Some(body.as_bytes().to_vec()),
                Content::Skipped(_) => None,
            };
            frames.push((frame.header, body));
        }
        if stream.is_empty() {
            return Seen { frames, end: Ok(intake.is_between_frames()) };
        }
        let space = intake.space();
        assert!(!space.is_empty());
        let n = space.len().min(stream.len()).min(*pieces.next().unwrap());
        space[..n].copy_from_slice(&stream[..n]);
        intake.filled(n);
        stream = &stream[n..];
    }
}

fn pieces() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1_usize..50, 1_usize..70_000], 1..6)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let len = prop_oneof![6 => 0_usize..100, 1 => 32_700_usize..32_800, 1 => 0..MOST as usize];
    (len, any::<u8>()).prop_map(|(len, first)| {
        (0..len).map(|n| (n as u8).wrapping_mul(31).wrapping_add(first)).collect()
    })
}

fn replies() -> impl Strategy<Value = Vec<(Reply, Vec<u8>)>> {
    let kind = prop_oneof![Just(ReplyKind::Value), Just(ReplyKind::Bell), Just(ReplyKind::Encode)];
    let reply = (kind, any::<(u16, u32, u32)>(), body()).prop_map(|(kind, ids, body)| {
        let (slot, seq, item) = ids;
        (Reply { kind, slot, seq, item, len: body.len() as u64 }, body)
    });
    prop::collection::vec(reply, 0..12)
}

fn stream_of(frames: &[(Reply, Vec<u8>)]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (header, body) in frames {
        header.write(&mut stream);
        stream.extend_from_slice(body);
    }
    stream
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn frames_come_out_as_they_went_in(frames in replies(), pieces in pieces()) {
        let seen = read::<Reply>(&stream_of(&frames), &pieces, |_| true);
        prop_assert_eq!(seen.end, Ok(true));
        let expected: Vec<_> = frames.into_iter().map(|(header, body)| (header, Some(body))).collect();
        prop_assert_eq!(seen.frames, expected);
    }

    #[test]
    fn only_bodies_without_room_are_missing(frames in replies(), pieces in pieces()) {
        let has_room = |reply: &Reply| reply.item.is_multiple_of(2);
        let seen = read::<Reply>(&stream_of(&frames), &pieces, has_room);
        prop_assert_eq!(seen.end, Ok(true));
        let expected: Vec<_> = frames
            .into_iter()
            .map(|(header, body)| (header, (body.len() < super::LARGE || has_room(&header)).then_some(body)))
            .collect();
        prop_assert_eq!(seen.frames, expected);
    }

    /// Wherever a stream is cut off, the frames before are seen, and whether one was in the middle.
    #[test]
    fn a_cut_is_seen(frames in replies(), pieces in pieces(), cut in any::<prop::sample::Index>()) {
        let stream = stream_of(&frames);
        let cut = cut.index(stream.len() + 1);
        let ends = frames.iter().scan(0, |end, (_, body)| {
            *end += Reply::LEN + body.len();
            Some(*end)
        });
        let ends: Vec<usize> = ends.collect();
        let seen = read::<Reply>(&stream[..cut], &pieces, |_| true);
        prop_assert_eq!(seen.frames.len(), ends.iter().filter(|end| **end <= cut).count());
        prop_assert_eq!(seen.end, Ok(cut == 0 || ends.contains(&cut)));
    }

    /// Garbage after good frames, or changed in them, is an error or other frames; the pieces that
    /// it comes in make no difference.
    #[test]
    fn garbage_is_survived(
        frames in replies(),
        pieces in pieces(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        garbage: Vec<u8>,
    ) {
        let mut stream = [stream_of(&frames), garbage].concat();
        for (at, byte) in changes {
            if !stream.is_empty() {
                let at = at.index(stream.len());
                stream[at] = byte;
            }
        }
        let whole = read::<Reply>(&stream, &[usize::MAX], |_| true);
        prop_assert_eq!(read::<Reply>(&stream, &pieces, |_| true), whole);
        read::<Request>(&stream, &pieces, |_| true);
    }

    #[test]
    fn requests_are_cut_apart_as_well(bodies in prop::collection::vec(body(), 1..5), pieces in pieces()) {
        let mut stream = Vec::new();
        for body in &bodies {
            let (kind, timed, len) = (RequestKind::Run, false, body.len() as u64);
            Request { kind, timed, metered: false, width: 1, slot: 1, seq: 2, items: 3, wrapper: 4, function: 5, len }
                .write(&mut stream);
            stream.extend_from_slice(body);
        }
        let seen = read::<Request>(&stream, &pieces, |_| true);
        prop_assert_eq!(seen.end, Ok(true));
        let found: Vec<_> = seen.frames.into_iter().map(|(_, body)| body.unwrap()).collect();
        prop_assert_eq!(found, bodies);
    }
}

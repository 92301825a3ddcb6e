use proptest::prelude::*;
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::read;
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};

use super::*;

/// The smallest pipe that the system makes; neither end blocks.
fn pipe() -> (OwnedFd, OwnedFd) {
    let (out, into) = pipe_with(PipeFlags::CLOEXEC).unwrap();
    fcntl_setpipe_size(&into, 4096).unwrap();
    fcntl_setfl(&out, OFlags::NONBLOCK).unwrap();
    fcntl_setfl(&into, OFlags::NONBLOCK).unwrap();
    (out, into)
}

/// Reads up to so many bytes, as far as there are any.
fn take(pipe: &OwnedFd, most: usize) -> Vec<u8> {
    let mut bytes = vec![0; most];
    match read(pipe, &mut bytes) {
        Ok(n) => bytes.truncate(n),
        Err(Errno::AGAIN) => bytes.clear(),
        Err(error) => panic!("{error}"),
    }
    bytes
}

/// Bytes that differ from their neighbours and from those of others.
fn pattern(len: usize, first: usize) -> Vec<u8> {
    (first..first + len).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// What is done to an outbox, and to the pipe behind it.
#[derive(Clone, Debug)]
enum Step {
    /// A frame: the length of its header, of its body, and how much of the body is left out on each
    /// side.
    Push {
        header: usize,
        body: usize,
        skip: usize,
    },
    Flush,
    Take(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let len = prop_oneof![
        8 => 0_usize..300,
        3 => LARGE - 2..LARGE + 200,
        1 => TURN..TURN + 10_000,
    ];
    let push = (1_usize..50, len, 0_usize..100);
    let push = push.prop_map(|(header, body, skip)| Step::Push { header, body, skip });
    let take = prop_oneof![1_usize..10_000, Just(1 << 20)].prop_map(Step::Take);
    prop::collection::vec(prop_oneof![3 => push, 2 => Just(Step::Flush), 3 => take], 1..25)
}

/// An outbox with its pipe, and all that has gone in and come out.
struct Way {
    outbox: Outbox,
    out: OwnedFd,
    into: OwnedFd,
    sent: Vec<u8>,
    seen: Vec<u8>,
}

impl Way {
    fn new() -> Self {
        let (out, into) = pipe();
        // As if the system had refused more room.
        let outbox = Outbox { widened: true, ..Outbox::new() };
        Self { outbox, out, into, sent: Vec::new(), seen: Vec::new() }
    }

    fn push(&mut self, header: usize, body: usize, skip: usize) {
        let header = pattern(header, self.sent.len());
        let body = Stored::from(Body::Bytes(pattern(body + 2 * skip, self.sent.len() + 77)));
        let range = skip..body.len() - skip;
        self.sent.extend(&header);
        self.sent.extend(&body.as_bytes()[range.clone()]);
        self.outbox.push(|into| into.extend(&header), &body, range);
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Push { header, body, skip } => self.push(header, body, skip),
            Step::Flush => {
                let empty = self.outbox.flush(&self.into) == Flushed::Empty;
                assert_eq!(empty, self.outbox.is_empty());
            }
            Step::Take(most) => self.seen.extend(take(&self.out, most)),
        }
        assert_eq!(self.outbox.is_empty(), self.outbox.bytes() == 0);
    }

    /// Lets through what is still on the way.
    fn settle(&mut self) {
        while self.seen.len() < self.sent.len() {
            assert_ne!(self.outbox.flush(&self.into), Flushed::Broken);
            self.seen.extend(take(&self.out, 1 << 20));
        }
        assert_eq!(self.outbox.flush(&self.into), Flushed::Empty);
        assert_eq!(self.outbox.bytes(), 0);
        assert_eq!(take(&self.out, 10), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn frames_arrive_as_they_are(steps in steps()) {
        let mut way = Way::new();
        steps.iter().for_each(|step| way.step(step));
        way.settle();
        prop_assert!(way.seen == way.sent, "bytes are lost, or changed");
    }
}

/// A body that the pipe refers to stays until the worker has read it.
#[test]
fn a_body_stays_until_it_has_been_read() {
    let (out, into) = pipe();
    let expected = pattern(TURN, 3);
    let body = Arc::new(Body::Bytes(expected.clone()));
    let mut outbox = Outbox::new();
    outbox.push(|into| into.push(9), &Stored::Long(Arc::clone(&body)), 0..TURN);
    let mut seen = Vec::new();
    while outbox.flush(&into) != Flushed::Empty {
        seen.extend(take(&out, 4096));
    }
    outbox.settle(&into);
    assert_eq!(Arc::strong_count(&body), 2);
    while seen.len() <= TURN {
        seen.extend(take(&out, TURN));
    }
    outbox.settle(&into);
    assert_eq!(Arc::strong_count(&body), 1);
    assert!(seen[1..] == expected);
}

/// Nobody holds a very large body any more once all of it has been written, although its end is
/// still in the pipe.
#[test]
fn a_body_may_go_when_it_has_been_written() {
    let (out, into) = pipe();
    let expected = pattern((1 << 20) + 5_000, 3);
    let mut body = Arc::new(Body::Bytes(expected.clone()));
    let mut outbox = Outbox::new();
    outbox.push(|_| (), &Stored::Long(Arc::clone(&body)), 0..expected.len());
    let mut seen = Vec::new();
    while outbox.flush(&into) != Flushed::Empty {
        // As little at a time as makes room.
        seen.extend(take(&out, 4096));
    }
    let own = Arc::get_mut(&mut body).expect("the outbox has let go of it");
    own.bytes_mut().fill(0);
    assert!(seen.len() < expected.len(), "its end is in the pipe");
    seen.extend(take(&out, 1 << 20));
    assert!(seen == expected, "what was changed later has arrived");
}

#[test]
fn a_pipe_that_nobody_reads_is_broken() {
    let mut way = Way::new();
    way.push(10, 10, 0);
    way.out = pipe().0;
    assert_eq!(way.outbox.flush(&way.into), Flushed::Broken);
    assert!(!way.outbox.is_empty());
}

#[test]
fn small_frames_share_a_write() {
    let mut way = Way::new();
    (0..50).for_each(|_| way.push(10, 10, 0));
    assert_eq!(way.outbox.segments.len(), 1);
    assert_eq!(way.outbox.bytes(), 1000);
    way.settle();
    assert_eq!(way.seen, way.sent);
}

#[test]
fn a_pipe_that_was_full_gets_more_room() {
    let mut way = Way::new();
    way.outbox.widened = false;
    way.push(30, LARGE, 0);
    way.push(30, TURN - 1, 0);
    assert_eq!(way.outbox.flush(&way.into), Flushed::Empty, "nothing has been read");
    assert!(way.outbox.widened);
}

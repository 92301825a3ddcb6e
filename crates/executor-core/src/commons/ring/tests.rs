use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

const N: usize = 16;

/// What the two sides do.
#[derive(Clone, Debug)]
enum Step {
    Push(Vec<u8>, Vec<u8>),
    Drain,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..N);
    let push = (bytes(), bytes()).prop_map(|(header, body)| Step::Push(header, body));
    prop::collection::vec(prop_oneof![2 => push, 1 => Just(Step::Drain)], 0..40)
}

/// An empty ring through which so many bytes have gone.
fn ring_at(position: u32) -> Ring<N> {
    let ring = Ring::new();
    ring.head.store(position, Relaxed);
    ring.tail.store(position, Relaxed);
    ring
}

fn push(ring: &Ring<N>, header: &[u8], body: &[u8]) -> bool {
    // SAFETY: B1: there is only this thread.
    unsafe { ring.push([header, body]) }
}

fn drain(ring: &Ring<N>) -> Result<Vec<u8>, Scribbled> {
    let mut bytes = Vec::new();
    // SAFETY: B1: there is only this thread.
    unsafe { ring.drain(&mut bytes) }.map(|()| bytes)
}

/// A ring whose neighbours would show if it were left.
#[repr(C)]
struct Fenced {
    before: [u8; 2 * N],
    ring: Ring<N>,
    after: [u8; 2 * N],
}

const FENCE: u8 = 0xEE;

/// A ring full of bytes below `N`, with these positions.
fn scribbled(head: u32, tail: u32) -> Box<Fenced> {
    let fence = [FENCE; 2 * N];
    let mut fenced = Box::new(Fenced { before: fence, ring: Ring::new(), after: fence });
    *fenced.ring.bytes.get_mut() = std::array::from_fn(|n| n as u8);
    fenced.ring.head.store(head, Relaxed);
    fenced.ring.tail.store(tail, Relaxed);
    fenced
}

/// Positions anywhere, and such as could nearly be.
fn positions() -> impl Strategy<Value = (u32, u32)> {
    let near = (any::<u32>(), 0..3 * N as u32).prop_map(|(at, len)| (at, at.wrapping_add(len)));
    prop_oneof![any::<(u32, u32)>(), near]
}

proptest! {
    #[test]
    fn bytes_come_out_as_they_went_in(start: u32, steps in steps()) {
        let ring = ring_at(start);
        let mut model = VecDeque::new();
        for step in steps {
            match step {
                Step::Push(header, body) => {
                    let fits = header.len() + body.len() <= N - model.len();
                    prop_assert_eq!(push(&ring, &header, &body), fits);
                    if fits {
                        model.extend(header.into_iter().chain(body));
                    }
                }
                Step::Drain => prop_assert_eq!(drain(&ring), Ok(model.drain(..).collect())),
            }
            prop_assert_eq!(ring.is_empty(), model.is_empty());
        }
        prop_assert_eq!(drain(&ring), Ok(model.into()));
    }

    /// Whatever a worker does to the positions, the program reads bytes of the ring, or none.
    #[test]
    fn a_drain_stays_in_the_ring((head, tail) in positions()) {
        let fenced = scribbled(head, tail);
        let len = tail.wrapping_sub(head) as usize;
        match drain(&fenced.ring) {
            Ok(bytes) => {
                let expected: Vec<u8> = (0..len).map(|n| ((head as usize + n) % N) as u8).collect();
                prop_assert_eq!(bytes, expected);
                prop_assert!(fenced.ring.is_empty());
            }
            Err(Scribbled) => prop_assert!(len > N),
        }
    }

    /// Whatever becomes of the positions, the worker writes into the ring, or not at all.
    #[test]
    fn a_push_stays_in_the_ring((head, tail) in positions(), body in prop::collection::vec(100_u8..110, 0..2 * N)) {
        let fenced = scribbled(head, tail);
        push(&fenced.ring, &body, &body);
        prop_assert!(fenced.before.iter().chain(&fenced.after).all(|byte| *byte == FENCE));
    }
}

#[test]
fn a_drain_adds_to_what_is_there() {
    let ring = ring_at(u32::MAX - 2);
    assert!(push(&ring, b"abc", b"def"));
    let mut bytes = b"before ".to_vec();
    // SAFETY: B1: there is only this thread.
    unsafe { ring.drain(&mut bytes) }.unwrap();
    assert_eq!(bytes, b"before abcdef");
}

#[test]
fn a_full_ring_takes_what_is_empty() {
    let ring = ring_at(5);
    assert!(push(&ring, &[1; N], &[]));
    assert!(push(&ring, &[], &[]));
    assert!(!push(&ring, &[], &[1]));
}

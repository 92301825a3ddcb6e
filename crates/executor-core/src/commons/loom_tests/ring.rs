//! Bytes go through the ring in order and once, and the two sides never touch the same byte at a
//! time.

use std::sync::Arc;

use loom::thread::{JoinHandle, spawn, yield_now};

use crate::future::explore;

use super::super::Ring;

const N: usize = 4;

fn push(ring: &Ring<N>, frame: &[u8]) -> bool {
    let (header, body) = frame.split_at(1);
    // SAFETY: B1: one thread of a model pushes.
    unsafe { ring.push([header, body]) }
}

fn drain(ring: &Ring<N>, into: &mut Vec<u8>) {
    // SAFETY: B1: one thread of a model drains.
    unsafe { ring.drain(into) }.unwrap();
}

/// Pushes each frame as soon as there is room for it.
fn worker(ring: &Arc<Ring<N>>, frames: &'static [&'static [u8]]) -> JoinHandle<()> {
    let ring = Arc::clone(ring);
    spawn(move || {
        for frame in frames {
            while !push(&ring, frame) {
                yield_now();
            }
        }
    })
}

/// The second frame has to wait for room, and is in two pieces.
#[test]
fn around_the_end() {
    explore(|| {
        let ring = Arc::new(Ring::new());
        let worker = worker(&ring, &[b"abc", b"def"]);
        let mut seen = Vec::new();
        while seen.len() < 6 {
            drain(&ring, &mut seen);
            yield_now();
        }
        worker.join().unwrap();
        assert_eq!(seen, b"abcdef");
        assert!(ring.is_empty());
    });
}

/// Both sides are in the ring at the same time.
#[test]
fn a_push_against_a_drain() {
    explore(|| {
        let ring = Arc::new(Ring::new());
        assert!(push(&ring, b"ab"));
        let worker = worker(&ring, &[b"cd"]);
        let mut seen = Vec::new();
        drain(&ring, &mut seen);
        assert!(matches!(seen.as_slice(), b"ab" | b"abcd"), "half a frame: {seen:?}");
        worker.join().unwrap();
        drain(&ring, &mut seen);
        assert_eq!(seen, b"abcd");
    });
}

#[test]
fn a_full_ring_refuses_until_it_is_drained() {
    explore(|| {
        let ring = Arc::new(Ring::new());
        assert!(push(&ring, b"abcd"));
        assert!(!push(&ring, b"e"));
        let theirs = Arc::clone(&ring);
        let worker = spawn(move || push(&theirs, b"efg"));
        let mut seen = Vec::new();
        drain(&ring, &mut seen);
        assert_eq!(&seen[..4], b"abcd");
        let taken = worker.join().unwrap();
        drain(&ring, &mut seen);
        assert_eq!(seen.len(), if taken { 7 } else { 4 });
    });
}

/// What a worker has published before it died is there, all of it.
#[test]
fn the_ring_outlives_the_worker() {
    explore(|| {
        let ring = Arc::new(Ring::new());
        worker(&ring, &[b"ab", b"cd"]).join().unwrap();
        let mut seen = Vec::new();
        drain(&ring, &mut seen);
        assert_eq!(seen, b"abcd");
    });
}

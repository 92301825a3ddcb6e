//! loom explores the chain, with blocks of one place, so that every push and every pop goes the way
//! from one block to the next, and every block is used again.
//!
//! Nothing is lost or comes twice, what one thread pushed leaves in that order, and no block is
//! touched after it was freed: the allocator of the models keeps what is freed, poisoned.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering::*, fence};
use loom::thread::{self, JoinHandle};

use crate::future::explore;

use super::Chain;

type Queue = Arc<Chain<Box<u8>>>;

fn push(queue: &Queue, entries: std::ops::Range<u8>) -> JoinHandle<()> {
    let queue = Arc::clone(queue);
    thread::spawn(move || entries.for_each(|entry| queue.push(Box::new(entry))))
}

fn pop(queue: &Queue) -> Option<u8> {
    queue.pop().map(|entry| *entry)
}

#[test]
fn two_who_push() {
    explore(|| {
        let queue = Queue::new(Chain::new());
        let other = push(&queue, 0..2);
        push(&queue, 10..11).join().unwrap();
        other.join().unwrap();
        assert_eq!(queue.len(), 3);
        let mut popped: Vec<_> = std::iter::from_fn(|| pop(&queue)).collect();
        assert!(queue.is_empty());
        popped.retain(|entry| *entry != 10);
        assert_eq!(popped, [0, 1], "what one thread pushed is out of order");
    });
}

#[test]
fn two_who_pop() {
    explore(|| {
        let queue = Queue::new(Chain::new());
        (0..3).for_each(|entry| queue.push(Box::new(entry)));
        let theirs = Arc::clone(&queue);
        let other = thread::spawn(move || pop(&theirs));
        let mine = [pop(&queue), pop(&queue)];
        assert!(mine[0] < mine[1], "{mine:?} is out of order");
        let mut all = [mine[0], mine[1], other.join().unwrap()];
        all.sort_unstable();
        assert_eq!(all, [Some(0), Some(1), Some(2)]);
        assert!(queue.is_empty() && pop(&queue).is_none());
    });
}

#[test]
fn one_who_pushes_and_one_who_pops() {
    explore(|| {
        let queue = Queue::new(Chain::new());
        let other = push(&queue, 0..3);
        let early: Vec<_> = std::iter::from_fn(|| pop(&queue)).collect();
        other.join().unwrap();
        let late = std::iter::from_fn(|| pop(&queue));
        assert!(early.into_iter().chain(late).eq(0..3));
    });
}

/// What was pushed before a look is seen by it, whoever pops meanwhile.
#[test]
fn what_is_there_is_seen() {
    explore(|| {
        let queue = Queue::new(Chain::new());
        queue.push(Box::new(0));
        queue.push(Box::new(1));
        let theirs = Arc::clone(&queue);
        let other = thread::spawn(move || pop(&theirs));
        assert!(!queue.is_empty(), "one of two entries is left");
        let mine = pop(&queue);
        assert!(mine.is_some(), "one of two entries was to be had");
        assert!(other.join().unwrap().is_some());
        assert_eq!(queue.len(), 0);
    });
}

/// A worker falls asleep while an entry is pushed: it is seen asleep, or sees the entry, as the
/// sleep protocol demands.
#[test]
fn a_push_against_a_worker_that_falls_asleep() {
    explore(|| {
        let queue = Queue::new(Chain::new());
        let asleep = Arc::new(AtomicBool::new(false));
        let (theirs, seen) = (Arc::clone(&queue), Arc::clone(&asleep));
        let worker = thread::spawn(move || {
            assert!(pop(&theirs).is_none_or(|entry| entry == 0));
            asleep.store(true, Relaxed);
            fence(SeqCst);
            theirs.is_empty()
        });
        queue.push(Box::new(0));
        queue.push(Box::new(1));
        fence(SeqCst);
        let called = seen.load(Relaxed);
        let sleeps = worker.join().unwrap();
        assert!(called || !sleeps, "an entry is left with a sleeper");
    });
}

/// A queue that goes away takes with it what is left in it.
#[test]
fn the_rest_is_dropped() {
    explore(|| {
        let queue = Queue::new(Chain::new());
        let other = push(&queue, 0..2);
        let popped = pop(&queue);
        assert!(popped.is_none_or(|entry| entry == 0));
        other.join().unwrap();
    });
}

//! loom explores a sweep of the queue against workers that pop: the real `fifo`, over a plain queue
//! under a lock in place of the chain, which has models of its own.
//!
//! No entry that is alive is lost or comes twice, entries leave in the order in which they came,
//! and a worker that finds nothing and is told that the queue is empty may go to sleep: nothing
//! alive was there. See `future::loom_tests` for how to run it.

use std::sync::Arc;

use loom::sync::atomic::{AtomicBool, Ordering::*, fence};
use loom::thread::{JoinHandle, spawn, yield_now};

use crate::future::explore;

use super::fifo::Fifo;

type Entry = Box<usize>;
type Queue = Arc<Fifo<Entry>>;

/// A queue that holds 0 and 1, which are about to be found dead, and others up to `last`.
fn queue(last: usize) -> Queue {
    let queue = Queue::new(Fifo::new());
    (0..=last).for_each(|entry| queue.push(Box::new(entry)));
    queue
}

/// Finds the first two entries dead, which is enough for a sweep; what that throws out.
fn sweep(queue: &Queue) -> Vec<usize> {
    let alive = |entry: &Entry| **entry > 1;
    let early = queue.kill(alive);
    early.into_iter().chain(queue.kill(alive)).map(|entry| *entry).collect()
}

fn sweeper(queue: &Queue) -> JoinHandle<Vec<usize>> {
    let queue = Arc::clone(queue);
    spawn(move || sweep(&queue))
}

/// Pops until there is nothing left, as a worker does before it sleeps.
fn pop_all(queue: &Queue) -> Vec<usize> {
    let popper = queue.popper();
    let mut popped = Vec::new();
    loop {
        match queue.pop(&popper) {
            Some(entry) => popped.push(*entry),
            None if queue.is_empty() => break,
            None => yield_now(),
        }
    }
    queue.dismiss(&popper);
    popped
}

/// Everything came out once, and what one thread popped came in order.
fn settle(swept: Vec<usize>, popped: &[Vec<usize>], last: usize) {
    assert!(popped.iter().all(|entries| entries.is_sorted()), "out of order: {popped:?}");
    let mut all = [swept, popped.concat()].concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..=last), "an entry is lost, or came twice: {popped:?}");
}

#[test]
fn a_sweep_against_a_worker() {
    explore(|| {
        let queue = queue(3);
        let sweeper = sweeper(&queue);
        let popped = pop_all(&queue);
        assert!(popped.ends_with(&[2, 3]), "{popped:?}");
        settle(sweeper.join().unwrap(), &[popped], 3);
    });
}

#[test]
fn a_sweep_against_two_workers() {
    explore(|| {
        let queue = queue(3);
        let sweeper = sweeper(&queue);
        let theirs = Arc::clone(&queue);
        let other = spawn(move || pop_all(&theirs));
        let mine = pop_all(&queue);
        let theirs = other.join().unwrap();
        settle(sweeper.join().unwrap(), &[mine, theirs], 3);
    });
}

/// A younger entry is pushed during the sweep, and must not overtake those that are on their way.
#[test]
fn a_sweep_against_a_push() {
    explore(|| {
        let queue = queue(2);
        let sweeper = sweeper(&queue);
        let theirs = Arc::clone(&queue);
        let pusher = spawn(move || theirs.push(Box::new(3)));
        let early = pop_all(&queue);
        pusher.join().unwrap();
        let swept = sweeper.join().unwrap();
        let late = pop_all(&queue);
        settle(swept, &[[early, late].concat()], 3);
    });
}

/// A worker falls asleep while entries are pushed and swept: it is seen asleep, or sees that there
/// is something left, as the sleep protocol demands.
#[test]
fn a_sweep_against_a_worker_that_falls_asleep() {
    explore(|| {
        let queue = Queue::new(Fifo::new());
        let asleep = Arc::new(AtomicBool::new(false));
        let (theirs, seen) = (Arc::clone(&queue), Arc::clone(&asleep));
        let worker = spawn(move || {
            asleep.store(true, Relaxed);
            fence(SeqCst);
            theirs.is_empty()
        });
        (0..=2).for_each(|entry| queue.push(Box::new(entry)));
        fence(SeqCst);
        let called = seen.load(Relaxed);
        let swept = sweep(&queue);
        let sleeps = worker.join().unwrap();
        assert!(called || !sleeps, "a task is left with a sleeper");
        settle(swept, &[pop_all(&queue)], 2);
    });
}

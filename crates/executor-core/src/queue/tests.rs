use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

use super::Fifo;

type Number = Box<usize>;

#[test]
fn entries_leave_in_the_order_in_which_they_came() {
    let fifo = Fifo::new();
    let popper = fifo.popper();
    (0..1000).for_each(|n| fifo.push(Box::new(n)));
    assert_eq!(fifo.alive(), 1000);
    assert!((0..1000).all(|n| fifo.pop(&popper).as_deref() == Some(&n)));
    assert!(fifo.is_empty() && fifo.pop(&popper).is_none());
}

#[test]
fn dead_entries_are_swept_out_and_the_others_keep_their_order() {
    let fifo = Fifo::new();
    let popper = fifo.popper();
    let alive = |n: &Number| n.is_multiple_of(10);
    (0..10_000).for_each(|n| fifo.push(Box::new(n)));
    let swept: usize = (0..9000).map(|_| fifo.kill(alive).len()).sum();
    assert!(swept > 8000, "{swept} of 9000 dead entries were swept out");
    fifo.push(Box::new(10_000));
    let left = std::iter::from_fn(|| fifo.pop(&popper)).filter(alive);
    assert!(left.eq((0..=10_000).map(Box::new).filter(alive)));
}

#[test]
fn a_queue_with_a_front_does_not_count_as_empty() {
    let fifo = Fifo::new();
    let popper = fifo.popper();
    (0..=600).for_each(|n| fifo.push(Box::new(n)));
    (0..600).for_each(|_| drop(fifo.kill(|n| **n == 0)));
    assert!(!fifo.is_empty());
    assert_eq!(fifo.alive(), 1);
    assert_eq!(fifo.pop(&popper).as_deref(), Some(&0));
    while fifo.pop(&popper).is_some() {}
    assert!(fifo.is_empty());
}

/// One thread pushes numbers, one kills all but a few of them, two pop: each popper sees what is
/// left in ascending order, and nothing is lost.
#[test]
fn sweeps_race_with_pops() {
    const ALL: usize = 200_000;
    let fifo = Fifo::new();
    let pushed = AtomicBool::new(false);
    let taken = AtomicUsize::new(0);
    let alive = |n: &Number| n.is_multiple_of(8);
    thread::scope(|s| {
        for _ in 0..2 {
            s.spawn(|| {
                let popper = fifo.popper();
                let mut last = None;
                loop {
                    let over = pushed.load(SeqCst);
                    match fifo.pop(&popper) {
                        Some(n) if alive(&n) => {
                            assert!(last.is_none_or(|last| last < *n), "{n} after {last:?}");
                            last = Some(*n);
                            taken.fetch_add(1, SeqCst);
                        }
                        Some(_) => fifo.bury(),
                        None if over && fifo.is_empty() => break,
                        None => thread::yield_now(),
                    }
                }
                fifo.dismiss(&popper);
            });
        }
        for n in 0..ALL {
            fifo.push(Box::new(n));
            if !n.is_multiple_of(8) {
                drop(fifo.kill(alive));
            }
        }
        pushed.store(true, SeqCst);
    });
    assert_eq!(taken.load(SeqCst), ALL / 8);
}

use crate::A_WHILE;
use executor_sync::{Barrier, BrokenBarrierError};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

#[test]
fn both_pass_with_indices_of_their_own_after_the_action() {
    loom::model(|| {
        let ran = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&ran);
        let action = move || {
            count.fetch_add(1, Ordering::Relaxed);
        };
        let barrier = Arc::new(Barrier::with_action(2, action));
        let (other, seen) = (Arc::clone(&barrier), Arc::clone(&ran));
        let other = thread::spawn(move || {
            let index = other.wait();
            assert_eq!(seen.load(Ordering::Relaxed), 1);
            index
        });
        let mine = barrier.wait().unwrap();
        assert_eq!(ran.load(Ordering::Relaxed), 1);
        assert_eq!(mine + other.join().unwrap().unwrap(), 1);
    });
}

/// A thread that has passed may come back before the other has woken.
#[test]
fn generations_do_not_mix() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = Arc::clone(&barrier);
        let other = thread::spawn(move || (other.wait(), other.wait()));
        let mine = (barrier.wait().unwrap(), barrier.wait().unwrap());
        let other = other.join().unwrap();
        assert_eq!(mine.0 + other.0.unwrap(), 1);
        assert_eq!(mine.1 + other.1.unwrap(), 1);
        assert_eq!(barrier.n_waiting(), 0);
    });
}

/// Either all had arrived before the abort and both pass, or neither does.
#[test]
fn abort_against_arrive() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::new(2));
        let (other, aborter) = (Arc::clone(&barrier), Arc::clone(&barrier));
        let other = thread::spawn(move || other.wait());
        let aborter = thread::spawn(move || aborter.abort());
        let mine = barrier.wait();
        assert_eq!(mine.is_ok(), other.join().unwrap().is_ok());
        aborter.join().unwrap();
        assert!(barrier.broken());
        assert_eq!(barrier.wait(), Err(BrokenBarrierError));
    });
}

/// A time-out and the last arrival: they agree on who was first.
#[test]
fn timeout_against_arrive() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = Arc::clone(&barrier);
        let other = thread::spawn(move || other.wait_timeout(A_WHILE));
        let mine = barrier.wait_timeout(A_WHILE);
        assert_eq!(mine.is_ok(), other.join().unwrap().is_ok());
        assert_eq!(barrier.broken(), mine.is_err());
    });
}

#[test]
fn reset_frees_who_waits_and_leaves_it_whole() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = Arc::clone(&barrier);
        let other = thread::spawn(move || other.wait_timeout(A_WHILE).is_err());
        barrier.reset();
        assert!(other.join().unwrap());
        barrier.reset();
        assert!(!barrier.broken());
        assert_eq!(barrier.n_waiting(), 0);
    });
}

/// An abort while the action runs breaks that generation too.
#[test]
fn abort_against_the_action() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::with_action(1, || ()));
        let other = Arc::clone(&barrier);
        let other = thread::spawn(move || other.abort());
        let passed = barrier.wait();
        other.join().unwrap();
        assert!(passed == Ok(0) || passed == Err(BrokenBarrierError));
        assert!(barrier.broken());
    });
}

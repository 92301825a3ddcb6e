use super::{BREAK, Barrier, Identity, OPEN, RESET};
use crate::primitives::Ordering::Relaxed;
use proptest::prelude::*;
use std::mem;
use std::thread;
use std::time::Duration;

const DEAD: Identity = Identity { pid: u32::MAX, born: 1 };

/// Leaves a step half done, as a process does that is killed in the middle of it.
fn killed(barrier: &Barrier, step: u32) {
    thread::scope(|scope| {
        scope.spawn(|| {
            let turn = barrier.turn();
            turn.step.store(step, Relaxed);
            mem::forget(turn);
        });
    });
}

/// What two that wait get when somebody is killed in this step.
fn cut_off(step: u32) -> (Vec<bool>, bool) {
    let barrier = Barrier::new(3).unwrap();
    let passed = thread::scope(|scope| {
        let waiters = [(), ()].map(|()| scope.spawn(|| barrier.wait().is_ok()));
        while barrier.n_waiting() < 2 {
            thread::yield_now();
        }
        killed(&barrier, step);
        waiters.map(|waiter| waiter.join().unwrap()).to_vec()
    });
    assert_eq!(barrier.n_waiting(), 0);
    (passed, barrier.broken())
}

#[test]
fn a_step_that_was_cut_off_is_completed() {
    assert_eq!(cut_off(OPEN), (vec![true, true], false));
    assert_eq!(cut_off(BREAK), (vec![false, false], true));
    assert_eq!(cut_off(RESET), (vec![false, false], false));
}

#[test]
fn one_that_died_after_its_arrival_breaks_it() {
    let barrier = Barrier::new(3).unwrap();
    assert!(barrier.turn().queue.enter(DEAD, 0).is_some());
    assert!(barrier.wait().is_err());
    assert!(barrier.broken() && barrier.n_waiting() == 0);
}

#[test]
fn zero_passes_for_the_last_alone() {
    assert_eq!(Barrier::new(1).unwrap().wait_timeout(Duration::ZERO), Ok(0));
    let barrier = Barrier::new(2).unwrap();
    assert!(barrier.wait_timeout(Duration::ZERO).is_err() && barrier.broken());
    barrier.reset();
    thread::scope(|scope| {
        let other = scope.spawn(|| barrier.wait_timeout(Duration::MAX));
        while barrier.n_waiting() == 0 {
            thread::yield_now();
        }
        assert_eq!(barrier.wait_timeout(Duration::ZERO), Ok(1));
        assert_eq!(other.join().unwrap(), Ok(0));
    });
}

/// Each generation has one outcome, and each that passes an index of its own.
#[test]
fn generations() {
    proptest!(ProptestConfig::with_cases(16), |(parties in 1..5_usize, rounds in 1..20_usize)| {
        let barrier = Barrier::new(parties).unwrap();
        let all: Vec<Vec<usize>> = thread::scope(|scope| {
            let work = || (0..rounds).map(|_| barrier.wait().unwrap()).collect();
            let threads: Vec<_> = (0..parties).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for round in 0..rounds {
            let mut indices: Vec<usize> = all.iter().map(|indices| indices[round]).collect();
            indices.sort_unstable();
            prop_assert_eq!(indices, (0..parties).collect::<Vec<_>>());
        }
    });
}

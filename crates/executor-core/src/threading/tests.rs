//! The clock without threads: what is due, who runs it, and who never will.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::clock::{Clock, Entry, Key, LONG, Step};
use crate::future::{Future, promise};

const LATER: Duration = Duration::from_secs(100);

/// A timer that does nothing.
fn entry() -> (Entry, Future<()>) {
    let (over, future) = promise();
    (Entry::new(Box::new(|| ()), over), future)
}

/// A clock with pending timers, and their keys.
fn clock(intervals: &[Duration]) -> (Clock, Vec<Key>) {
    let mut clock = Clock::new();
    let keys = (0_u64..).zip(intervals).map(|(number, interval)| {
        let key = Key::new(*interval, number);
        clock.set(key, entry().0);
        key
    });
    let keys = keys.collect();
    (clock, keys)
}

#[test]
fn a_clock_without_timers_needs_no_keeper() {
    let (mut clock, keys) = clock(&[LATER]);
    let now = Instant::now();
    assert!(matches!(clock.step(now), Step::Sleep(until) if until > now + LATER / 2));
    assert!(clock.withdraw(keys[0]).is_some());
    assert_eq!(clock.step(now), Step::End);
    assert!(clock.withdraw(keys[0]).is_none());
}

#[test]
fn what_never_comes_needs_no_keeper() {
    let (mut clock, keys) = clock(&[Duration::MAX]);
    assert!(!keys[0].comes());
    assert_eq!(clock.step(Instant::now() + LATER), Step::End);
    assert!(clock.withdraw(keys[0]).is_some());
}

#[test]
fn short_functions_share_one_runner() {
    let (mut clock, _) = clock(&[Duration::ZERO; 100]);
    let now = Instant::now();
    assert_eq!(clock.step(now), Step::Start(0..1));
    assert_eq!(clock.step(now), Step::Sleep(now + LONG), "it has not come yet");
    for _ in 0..100 {
        assert!(clock.take(0, now).is_some());
        assert_ne!(clock.step(now), Step::Start(1..2));
    }
    assert!(clock.take(0, now).is_none(), "it is not needed any more");
    assert_eq!(clock.step(now), Step::End);
}

#[test]
fn runners_double_while_all_are_held_up() {
    let (mut clock, _) = clock(&[Duration::ZERO; 100]);
    let mut now = Instant::now();
    let (mut runners, mut steps) = (0, 0);
    while runners < 100 {
        match clock.step(now) {
            Step::Start(started) => {
                started.clone().for_each(|runner| assert!(clock.take(runner, now).is_some()));
                runners = started.end;
                steps += 1;
            }
            Step::Sleep(until) => {
                assert!(until <= now + LONG);
                now += LONG;
            }
            Step::End => panic!("there is work left"),
        }
    }
    assert!(steps <= 8, "{steps} steps");
}

#[test]
fn a_refused_runner_is_forgotten() {
    let (mut clock, _) = clock(&[Duration::ZERO; 3]);
    let now = Instant::now();
    assert_eq!(clock.step(now), Step::Start(0..1));
    assert!(clock.missed(0), "there is no other");
    assert!(clock.take(0, now).is_some(), "so somebody else acts for it");
    clock.leave(0);
    assert_eq!(clock.step(now), Step::Start(1..2));
    assert!(clock.take(1, now).is_some());
    assert_eq!(clock.step(now + LONG), Step::Start(2..3));
    assert!(!clock.missed(2));
}

#[test]
fn a_timer_that_is_due_can_be_withdrawn_until_it_is_taken() {
    let (mut clock, keys) = clock(&[Duration::ZERO; 2]);
    let now = Instant::now();
    clock.step(now);
    assert!(clock.withdraw(keys[1]).is_some());
    let (taken, _) = clock.take(0, now).expect("the other is left");
    assert_eq!(taken, keys[0]);
    assert!(clock.withdraw(keys[0]).is_none(), "it was taken");
}

/// A function is called by whoever took it, and dropped with it.
#[test]
fn an_entry_has_one_owner() {
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let (over, future) = promise();
    let mut clock = Clock::new();
    let key = Key::new(LATER, 0);
    clock.set(key, Entry::new(Box::new(move || drop(held)), over));
    let (f, over) = clock.withdraw(key).expect("it is pending").into_parts();
    f();
    assert_eq!(Arc::strong_count(&token), 1);
    over.set_result(()).expect("nobody cancels it");
    assert!(future.result().is_ok());
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Set(u64),
    Withdraw(usize),
    Take,
    Advance(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let a_move = prop_oneof![
        (0..50_u64).prop_map(Move::Set),
        (0..40_usize).prop_map(Move::Withdraw),
        Just(Move::Take),
        (0..20_u64).prop_map(Move::Advance),
    ];
    prop::collection::vec(a_move, 0..120)
}

proptest! {
    /// Whatever is set is taken or withdrawn once, and taken in order of time once that has come.
    #[test]
    fn a_clock_keeps_what_it_was_given(moves in moves()) {
        let (mut clock, mut model) = (Clock::new(), BTreeMap::new());
        // Half-way between two times, which are tens of seconds apart, as the moves take no time.
        let (mut keys, mut now) = (Vec::new(), Instant::now() + Duration::from_secs(5));
        for (number, a_move) in (0_u64..).zip(moves) {
            match a_move {
                Move::Set(seconds) => {
                    let key = Key::new(Duration::from_secs(seconds * 10), number);
                    clock.set(key, entry().0);
                    model.insert(key, Instant::now() + Duration::from_secs(seconds * 10));
                    keys.push(key);
                }
                Move::Withdraw(which) => {
                    if let Some(key) = keys.get(which) {
                        prop_assert_eq!(clock.withdraw(*key).is_some(), model.remove(key).is_some());
                    }
                }
                Move::Take => {
                    let taken = clock.take(0, now).map(|(key, _)| key);
                    let due = model.first_key_value().filter(|(_, at)| **at <= now);
                    prop_assert_eq!(taken, due.map(|(key, _)| *key));
                    taken.map(|key| model.remove(&key));
                }
                Move::Advance(seconds) => now += Duration::from_secs(seconds * 10),
            }
        }
    }
}

//! The word is handed on in turn, and nobody is left waiting.

use super::*;

#[test]
fn two_threads_take_every_turn() {
    const TURNS: u64 = 100;
    let word = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| take_turns(&word, (0..TURNS).step_by(2)));
        scope.spawn(|| take_turns(&word, (1..TURNS).step_by(2)));
    });
    assert_eq!(word.load(Relaxed), TURNS);
}

#[test]
fn whose_partner_is_gone_plays_no_longer() {
    let word = AtomicU64::new(OVER);
    take_turns(&word, 0..10);
    assert_eq!(word.load(Relaxed), OVER);
}

#[test]
fn trips_take_time_or_there_is_a_reason_why_there_are_none() {
    match CacheLine::new() {
        Ok(line) => assert!(line.trips(100) > Duration::ZERO),
        Err(reason) => assert!(reason.contains("core"), "{reason}"),
    }
}

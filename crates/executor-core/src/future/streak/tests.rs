use super::*;

/// A streak of so many waits, one every `interval`.
fn streak(waits: u32, interval: Duration) -> Streak {
    let begun = Instant::now();
    (0..waits).fold(Streak::new(), |streak, n| streak.extended(|| begun + interval * n))
}

#[test]
fn many_short_waits_are_brisk() {
    let brisk = |waits| streak(waits, SHORT).is_brisk();
    assert!(!brisk(MANY - 1));
    assert!(brisk(MANY) && brisk(LASTS - 1));
}

#[test]
fn long_waits_never_are() {
    assert!((0..5 * MANY).all(|waits| !streak(waits, 2 * SHORT).is_brisk()));
}

#[test]
fn after_a_while_they_are_measured_anew() {
    let brisk = |waits| streak(waits, SHORT).is_brisk();
    assert!(!brisk(LASTS) && !brisk(LASTS + MANY - 2));
    assert!(brisk(LASTS + MANY - 1));
}

#[test]
fn the_clock_is_not_read_at_the_first_wait() {
    let unread = || unreachable!("a round trip has one wait, and must not pay for the clock");
    assert!(!Streak::new().extended(unread).is_brisk());
}

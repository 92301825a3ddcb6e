use super::*;

/// One wait every `interval`, and so many results that were there in between.
struct Drain {
    streak: Streak,
    now: Instant,
    interval: Duration,
    taken: u32,
}

impl Drain {
    fn new(interval: Duration, taken: u32) -> Self {
        let now = Instant::now();
        let streak = Streak::new().extended(0, || now).extended(0, || now);
        Self { streak, now, interval, taken }
    }

    fn nap(&mut self) -> Option<Duration> {
        self.now += self.interval;
        self.streak = self.streak.extended(self.taken, || self.now);
        self.streak.nap()
    }

    /// How many waits come before the first nap; `None`: a great many.
    fn waits(&mut self) -> Option<usize> {
        (0..100_000).position(|_| self.nap().is_some())
    }
}

const MICRO: Duration = Duration::from_micros(1);

#[test]
fn a_nap_is_a_small_share_of_what_the_streak_has_taken() {
    let mut drain = Drain::new(100 * MICRO, 7);
    let begun = drain.now;
    for _ in 0..1_000 {
        let nap = drain.nap().unwrap_or_default();
        assert!(nap <= LONGEST && nap <= (drain.now - begun) / PARTS);
    }
    assert_eq!(drain.streak.nap(), Some(LONGEST));
}

#[test]
fn nobody_naps_before_results_were_many() {
    let mut drain = Drain::new(10 * MICRO, 0);
    assert_eq!(drain.waits(), Some((PARTS * MANY) as usize - 2));
}

#[test]
fn results_that_were_there_count_as_well() {
    let mut drain = Drain::new(100 * MICRO, 9);
    assert_eq!(drain.waits(), Some((PARTS * MANY) as usize / 10));
}

#[test]
fn nobody_naps_for_less_than_the_shortest_time() {
    let mut drain = Drain::new(MICRO, 0);
    let waits = drain.waits().unwrap();
    assert_eq!(MICRO * (waits as u32 + 1), SHORTEST * PARTS);
}

#[test]
fn nobody_naps_for_results_that_take_long() {
    assert!(Drain::new(LONGEST / MANY, 0).waits().is_some());
    assert_eq!(Drain::new(LONGEST / MANY + MICRO, 0).waits(), None);
}

#[test]
fn after_a_nap_in_vain_the_streak_begins_anew() {
    for (taken, goes_on) in [(FEW, true), (FEW - 1, false)] {
        let mut drain = Drain::new(50 * MICRO, 10);
        drain.waits().unwrap();
        drain.taken = taken;
        assert_eq!(drain.nap().is_some(), goes_on);
        assert_eq!(drain.waits() == Some(0), goes_on, "what was counted before is forgotten");
    }
}

#[test]
fn the_clock_is_read_only_where_it_matters() {
    let unread = || unreachable!("nobody naps now, whatever the time is");
    let first = Streak::new().extended(0, unread);
    let second = first.extended(0, Instant::now);
    assert_eq!(second.extended(0, unread).nap(), None);
}

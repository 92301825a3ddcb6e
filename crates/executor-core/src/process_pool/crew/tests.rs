use super::*;

/// A crew that wants so many workers.
fn crew(wanted: usize) -> Crew {
    let mut crew = Crew::new();
    crew.want(wanted);
    crew
}

#[test]
fn what_was_wanted_stays_wanted() {
    let mut crew = crew(3);
    crew.want(1);
    let now = Instant::now();
    assert_eq!(crew.missing(1, now), 2);
    assert_eq!(crew.missing(3, now), 0);
    assert_eq!(crew.missing(5, now), 0);
    assert_eq!(crew.pause(0), None);
}

/// How long the next start is put off, after so many deaths.
fn pause_after(deaths: u32) -> Duration {
    let mut crew = crew(1);
    let now = Instant::now();
    (0..deaths).for_each(|_| crew.died(now));
    let pause = crew.pause(0).map_or(Duration::ZERO, |at| at - now);
    assert_eq!(crew.missing(0, now), usize::from(pause.is_zero()));
    assert_eq!(crew.missing(0, now + pause), 1, "a pause ends when it says");
    assert_eq!(crew.pause(1), None, "nobody is missing");
    pause
}

#[test]
fn deaths_in_a_row_are_answered_more_and_more_slowly() {
    assert_eq!(pause_after(HARMLESS), Duration::ZERO);
    let pauses: Vec<Duration> = (HARMLESS..40).map(pause_after).collect();
    assert!(pauses.is_sorted());
    assert!(pauses[1] > Duration::ZERO);
    assert_eq!(pauses.last(), Some(&LONGEST));
    assert_eq!(pause_after(10_000), LONGEST);
}

#[test]
fn a_task_that_ends_ends_the_pause() {
    let mut crew = crew(2);
    let now = Instant::now();
    (0..9).for_each(|_| crew.died(now));
    assert_eq!(crew.missing(0, now), 0);
    crew.succeeded();
    assert_eq!(crew.missing(0, now), 2);
    crew.died(now);
    assert_eq!(crew.missing(0, now), 2, "the count begins anew");
}

/// How many calls it takes until one says that it is time to give up.
fn calls(mut fails: impl FnMut() -> bool) -> Option<u32> {
    (1..1000).find(|_| fails())
}

#[test]
fn refusals_matter_only_if_nobody_works() {
    let now = Instant::now();
    let mut alone = crew(1);
    assert_eq!(calls(|| alone.refused(false, now)), Some(ATTEMPTS));
    let mut among_others = crew(2);
    assert_eq!(calls(|| among_others.refused(true, now)), None);
    assert!(among_others.refused(false, now), "the others are gone");
}

#[test]
fn bad_starts_matter_sooner_if_nobody_works() {
    let now = Instant::now();
    let mut alone = crew(1);
    assert_eq!(calls(|| alone.started_badly(false, now)), Some(BAD_STARTS));
    let mut among_others = crew(2);
    assert_eq!(calls(|| among_others.started_badly(true, now)), Some(2 * BAD_STARTS));
}

#[test]
fn others_may_kill_many() {
    let now = Instant::now();
    let mut crew = crew(1);
    assert_eq!(calls(|| crew.was_thwarted(now)), Some(MISHAPS));
}

#[test]
fn a_good_start_forgives_all() {
    let now = Instant::now();
    let mut crew = crew(1);
    for _ in 0..100 {
        assert!(!crew.started_badly(false, now));
        assert!(!crew.was_thwarted(now));
        assert!(!crew.refused(false, now));
        crew.started();
    }
}

#[test]
fn numbers_are_used_again_and_serials_are_not() {
    let mut crew = crew(3);
    let (first, one) = crew.order(|_| false);
    let (second, two) = crew.order(|_| false);
    assert_eq!((first, second), (0, 1));
    assert_eq!(crew.ordered(), 2);
    crew.arrived(first);
    crew.arrived(second);
    assert_eq!(crew.ordered(), 0);
    let (again, three) = crew.order(|index| index == second);
    assert_eq!(again, first);
    assert!(one < two && two < three);
}

use super::Deadline;
use std::time::{Duration, Instant};

#[test]
fn zero_is_now_and_max_is_never() {
    assert!(matches!(Deadline::after(Duration::ZERO), Deadline::Now));
    assert!(matches!(Deadline::after(Duration::MAX), Deadline::Never));
    assert!(matches!(Deadline::after_option(None), Deadline::Never));
}

#[test]
fn an_end_beyond_the_clock_is_never() {
    let beyond = Duration::MAX - Duration::from_nanos(1);
    assert!(matches!(Deadline::after(beyond), Deadline::Never));
}

#[test]
fn any_other_time_ends_on_the_clock() {
    let before = Instant::now();
    let Deadline::At(end) = Deadline::after(Duration::from_secs(1)) else { panic!("an end") };
    assert!(end >= before + Duration::from_secs(1));
}

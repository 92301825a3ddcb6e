use super::Deadline;
use std::time::Duration;

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
fn remaining_never_underflows() {
    let end = Deadline::after(Duration::from_nanos(1));
    while !end.remaining().is_zero() {}
    assert_eq!(end.remaining(), Duration::ZERO);
}

use super::*;

/// How many times the worker catches up before each of so many tries, in each of which so many
/// tasks come.
fn borne(pursuit: &mut Pursuit, come: usize, tries: usize) -> Vec<usize> {
    let next = |_| {
        let times = (0..).find(|_| pursuit.catches_up()).unwrap();
        pursuit.learn(come);
        times
    };
    (0..tries).map(next).collect()
}

#[test]
fn who_waits_for_each_result_is_let_go_ahead_ever_more_rarely() {
    let times = borne(&mut Pursuit::new(), 0, 6);
    assert_eq!(times, [16, 64, 256, 1024, 4096, 4096]);
}

#[test]
fn who_uses_it_is_let_go_ahead_each_time() {
    assert_eq!(borne(&mut Pursuit::new(), 8, 3), [16, 0, 0]);
}

#[test]
fn a_burst_is_noticed_after_thousands_of_round_trips_and_soon_after_a_few() {
    let mut pursuit = Pursuit::new();
    borne(&mut pursuit, 7, 6);
    assert_eq!(borne(&mut pursuit, 8, 2), [4096, 0]);
    assert_eq!(borne(&mut pursuit, 0, 2), [0, 16]);
}

use super::*;

/// How often the worker catches up before each of so many moments in which it lets others go
/// ahead, after each of which so many tasks are queued.
fn borne(pursuit: &mut Pursuit, queued: usize, moments: usize) -> Vec<usize> {
    let next = |_| {
        let borne = (0..).find(|_| pursuit.catches_up()).unwrap();
        pursuit.learn(queued);
        borne
    };
    (0..moments).map(next).collect()
}

#[test]
fn who_waits_for_each_result_is_let_go_ahead_ever_more_rarely() {
    let borne = borne(&mut Pursuit::new(), 1, 6);
    assert_eq!(borne, [16, 64, 256, 1024, 4096, 4096]);
}

#[test]
fn who_uses_it_is_let_go_ahead_each_time() {
    assert_eq!(borne(&mut Pursuit::new(), ENOUGH, 3), [16, 0, 0]);
}

#[test]
fn a_burst_is_noticed_after_thousands_of_round_trips_and_again_soon_after_the_next_few() {
    let mut pursuit = Pursuit::new();
    borne(&mut pursuit, ENOUGH - 1, 6);
    assert_eq!(borne(&mut pursuit, ENOUGH, 2), [4096, 0]);
    assert_eq!(borne(&mut pursuit, 0, 2), [0, 16]);
}

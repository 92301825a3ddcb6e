use super::*;

const ROUNDS: Rounds = Rounds { pauses: 8, yields: 4, counted: false };

/// What is there at the look with this number, from one on.
fn at_look(number: usize) -> impl FnMut() -> bool {
    let mut looks = 0;
    move || {
        looks += 1;
        looks == number
    }
}

#[test]
fn what_is_there_at_once_comes_from_beside() {
    assert_eq!(spin_until(ROUNDS, at_look(1)), Spun::Beside);
    assert_eq!(spin_until(ROUNDS.giving_way_at_once(), at_look(1)), Spun::Beside);
}

#[test]
fn what_never_comes_is_waited_for_in_vain() {
    assert_eq!(spin_until(ROUNDS, || false), Spun::InVain);
}

#[test]
fn each_yield_is_followed_by_a_look() {
    assert_ne!(give_way_until(4, at_look(1)), Spun::InVain);
    assert_eq!(give_way_until(0, at_look(1)), Spun::InVain);
}

#[test]
fn a_yield_tells_by_its_time_who_had_the_core() {
    let nobody = Duration::from_nanos(300);
    let who_is_waited_for = Duration::from_micros(3);
    let who_computes = Duration::from_millis(3);
    assert_eq!(came_during(nobody), Spun::Beside);
    assert_eq!(came_during(who_is_waited_for), Spun::OnThisCore);
    assert_eq!(came_during(who_computes), Spun::Beside);
}

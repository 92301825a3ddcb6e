use super::*;

/// The ways of so many spins, each of which ends when the thread has given way.
fn ways(mut company: Company, spins: usize) -> Vec<Way> {
    let spin = |_| {
        let (way, next) = company.next_way(true);
        company = if way == Way::Parting { next } else { next.after(Spun::OnThisCore) };
        way
    };
    (0..spins).map(spin).collect()
}

fn partings(ways: &[Way]) -> Vec<usize> {
    ways.iter().enumerate().filter(|(_, way)| **way == Way::Parting).map(|(at, _)| at).collect()
}

#[test]
fn a_stranger_is_waited_for_with_pauses() {
    assert_eq!(Company::new().next_way(true).0, Way::Pausing);
}

#[test]
fn who_has_come_on_this_core_is_given_way_to() {
    assert_eq!(
        ways(Company::new(), 4),
        [Way::Pausing, Way::Yielding, Way::Yielding, Way::Yielding]
    );
}

#[test]
fn a_few_results_are_borne_before_the_first_sleep_and_more_before_each_further_one() {
    let partings = partings(&ways(Company::new(), 400));
    assert_eq!(partings, [4, 4 + 17, 4 + 17 + 65, 4 + 17 + 65 + 257]);
}

#[test]
fn sleeps_that_do_not_help_become_no_rarer_than_one_in_a_thousand() {
    let partings = partings(&ways(Company::new(), 10_000));
    let last = partings.windows(2).last().unwrap();
    assert_eq!(last[1] - last[0], 1025);
}

#[test]
fn a_result_from_another_core_ends_the_company_and_so_does_a_sleep() {
    for end in [Spun::Beside, Spun::InVain] {
        let shared = Company::new().after(Spun::OnThisCore);
        assert_eq!(shared.next_way(true).0, Way::Yielding);
        assert_eq!(shared.after(end).next_way(true).0, Way::Pausing, "{end:?}");
    }
}

#[test]
fn who_may_not_part_gives_way_for_as_long_as_it_takes() {
    let shared = (0..10_000).fold(Company::new(), |c, _| c.after(Spun::OnThisCore));
    assert_eq!(shared.next_way(false), (Way::Yielding, shared));
    assert_eq!(shared.next_way(true).0, Way::Parting);
}

#[test]
fn what_was_borne_is_forgotten_little_by_little() {
    let shared = (0..4).fold(Company::new(), |c, _| c.after(Spun::OnThisCore));
    let (way, patient) = shared.next_way(true);
    assert_eq!(way, Way::Parting);
    let soon = patient.after(Spun::Beside);
    assert_ne!(soon, Company::new());
    assert_eq!((0..100).fold(soon, |c, _| c.after(Spun::Beside)), Company::new());
}

use super::{FIRST, Hesitation, LAST, SOON, uneven};

#[test]
fn it_ends_and_stays_ended() {
    for (mut hesitation, first) in [(Hesitation::new(), FIRST), (Hesitation::short(), SOON)] {
        let pauses = std::iter::from_fn(|| hesitation.pause().then_some(())).count();
        assert_eq!(pauses as u32, (LAST / first).ilog2() + 1);
        assert!(!hesitation.pause());
    }
}

#[test]
fn pauses_are_uneven_within_their_bounds() {
    let lengths: Vec<u32> = (0..1_000).map(|_| uneven(FIRST)).collect();
    assert_eq!(lengths.iter().min(), Some(&(FIRST / 2)));
    assert_eq!(lengths.iter().max(), Some(&(FIRST / 2 + FIRST - 1)));
}

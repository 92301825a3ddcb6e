use super::*;

#[test]
fn a_change_is_made_or_not() {
    let pair = Pair::<3>::new();
    pair.set([1, 2, 3]);
    assert_eq!(pair.get(), [1, 2, 3]);
    // Killed before it was done, at each of its steps.
    for written in 0..=3 {
        let mut numbers = [9; 3];
        numbers[written..].fill(7);
        let _next = pair.prepare(numbers);
        assert_eq!(pair.get(), [1, 2, 3]);
    }
    pair.set([4, 5, 6]);
    pair.set([5, 6, 7]);
    assert_eq!(pair.get(), [5, 6, 7]);
}

use super::{Key, WaitList};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Push,
    Pop,
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Push),
        1 => Just(Step::Pop),
        2 => any::<usize>().prop_map(Step::Remove),
    ]
}

proptest! {
    /// The list is a queue that lets anybody leave; keys of those who left name nobody.
    #[test]
    fn behaves_as_a_vector(steps in prop::collection::vec(step(), 0..200)) {
        let mut list = WaitList::new();
        let mut model: Vec<usize> = Vec::new();
        let mut keys: Vec<Key> = Vec::new();
        for step in steps {
            match step {
                Step::Push => {
                    model.push(keys.len());
                    keys.push(list.push_back(keys.len()));
                }
                Step::Pop => {
                    let expected = (!model.is_empty()).then(|| model.remove(0));
                    prop_assert_eq!(list.pop_front(), expected);
                }
                Step::Remove(pick) if !keys.is_empty() => {
                    let name = pick % keys.len();
                    let place = model.iter().position(|&waiter| waiter == name);
                    let expected = place.map(|place| model.remove(place));
                    prop_assert_eq!(list.remove(keys[name]), expected);
                }
                Step::Remove(_) => {}
            }
            prop_assert_eq!(list.front(), model.first());
            prop_assert_eq!(list.is_empty(), model.is_empty());
            prop_assert_eq!(list.len(), model.len());
        }
        let rest: Vec<usize> = std::iter::from_fn(|| list.pop_front()).collect();
        prop_assert_eq!(rest, model);
    }
}

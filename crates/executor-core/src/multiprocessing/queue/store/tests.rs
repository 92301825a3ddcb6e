//! What a store does until the state says so, a kill may undo at any moment.

use super::*;

const LARGE: usize = 3 << 20;

/// A value that says which one it is, in every byte.
fn value(which: u8) -> Body {
    Body::of(vec![which; LARGE]).expect("bytes are their own bytes")
}

fn full_of(store: &Store, values: u8) -> State {
    (0..values).fold(State::default(), |state, which| store.put(state, &value(which)).unwrap())
}

fn got(store: &Store, state: State) -> (State, Vec<u8>) {
    let (after, body) = store.get(state).unwrap();
    (after, body.unwrap().as_bytes().to_vec())
}

#[test]
fn whoever_is_killed_before_the_state_is_true_has_taken_nothing() {
    let store = Store::new().unwrap();
    let mut state = full_of(&store, 3);
    for which in 0..3 {
        let (_never_true, killed) = got(&store, state);
        let (after, bytes) = got(&store, state);
        assert!(killed == bytes && bytes == vec![which; LARGE], "{which}");
        state = after;
    }
    assert_eq!(state.len, 0);
}

#[test]
fn whoever_is_killed_while_giving_back_leaves_it_to_the_next() {
    let store = Store::new().unwrap();
    let (state, _) = got(&store, full_of(&store, 2));
    let _never_true = store.give_back(state).unwrap();
    let state = store.give_back(state).unwrap();
    assert!(store.give_back(state).is_none());
    assert!(got(&store, state).1 == vec![1; LARGE]);
}

#[test]
fn whoever_is_killed_while_putting_has_put_nothing() {
    let store = Store::new().unwrap();
    let (empty, _) = got(&store, full_of(&store, 1));
    let _never_true = store.put(empty, &value(7)).unwrap();
    let (_, bytes) = got(&store, store.put(empty, &value(8)).unwrap());
    assert!(bytes == vec![8; LARGE]);
}

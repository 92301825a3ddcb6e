use std::cell::Cell;

use super::*;

#[test]
fn an_emptied_vector_is_used_again() {
    let stash = Stash::new();
    let mut pulled = Vec::with_capacity(100);
    pulled.push(1);
    let memory = pulled.as_ptr();
    let mut items = stash.pack(&mut pulled);
    assert_eq!((items.len(), pulled.capacity()), (1, 0), "there was no vector to use again");
    assert_eq!(items.drain().collect::<Vec<_>>(), [1]);
    drop(items);
    pulled.push(2);
    drop(stash.pack(&mut pulled));
    assert!(pulled.is_empty() && pulled.capacity() == 100 && pulled.as_ptr() == memory);
}

#[test]
fn items_that_nobody_took_are_dropped_once_also_if_their_drops_panic() {
    struct Fragile<'a>(&'a Cell<u32>);
    impl Drop for Fragile<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
            panic!("broken");
        }
    }
    let dropped = Cell::new(0);
    let mut pulled: Vec<_> = (0..3).map(|_| Fragile(&dropped)).collect();
    drop(Stash::new().pack(&mut pulled));
    assert_eq!(dropped.get(), 3);
}

#[test]
fn a_stash_that_is_locked_for_ever_holds_up_nobody() {
    let stash = Stash::new();
    let locked = stash.0.lock().unwrap();
    let mut items = stash.pack(&mut vec!["a"]);
    assert_eq!(items.drain().next(), Some("a"));
    drop((items, locked));
}

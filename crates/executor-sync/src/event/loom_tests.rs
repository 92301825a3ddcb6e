//! A model that has to see the word: a waiter that has announced itself is owed the next set.
//!
//! Run with the others, by `RUSTFLAGS="--cfg loom" cargo test -p executor-sync --release --lib`.

use super::{Event, WAITERS};
use crate::primitives::{Arc, Ordering};
use loom::thread;

#[test]
fn a_clear_right_after_a_set_does_not_undo_the_wake() {
    loom::model(|| {
        let event = Arc::new(Event::new());
        let waiter = Arc::clone(&event);
        let waiter = thread::spawn(move || waiter.wait());
        while event.word.load(Ordering::Relaxed) & WAITERS == 0 {
            thread::yield_now();
        }
        event.set();
        event.clear();
        waiter.join().unwrap();
        assert!(!event.is_set());
    });
}

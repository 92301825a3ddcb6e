//! Run with the others, by `RUSTFLAGS="--cfg loom" cargo test -p executor-sync --release --lib`.

use super::{clear, is_set, set, wait};
use crate::deadline::Deadline;
use crate::primitives::{Arc, AtomicU32, Ordering};
use crate::raw::futex::Futex;
use loom::thread;
use std::time::Duration;

#[test]
fn a_set_releases_all_and_shows_what_came_before() {
    loom::model(|| {
        let scene = Arc::new((Futex::new(0), AtomicU32::new(0)));
        let others = [(), ()].map(|()| {
            let scene = Arc::clone(&scene);
            thread::spawn(move || {
                assert!(wait(&scene.0, Deadline::Never));
                assert_eq!(scene.1.load(Ordering::Relaxed), 1);
            })
        });
        scene.1.store(1, Ordering::Relaxed);
        set(&scene.0);
        others.into_iter().for_each(|other| other.join().unwrap());
    });
}

#[test]
fn a_clear_right_after_a_set_does_not_undo_it() {
    loom::model(|| {
        let word = Arc::new(Futex::new(0));
        let other = Arc::clone(&word);
        // It came before the set: the model lets it announce itself, or see the flag.
        let waiter = thread::spawn(move || {
            let soon = Deadline::after(Duration::from_secs(1));
            wait(&*other, soon)
        });
        set(&*word);
        clear(&*word);
        waiter.join().unwrap();
        assert!(!is_set(&*word));
        set(&*word);
        assert!(wait(&*word, Deadline::Never));
    });
}

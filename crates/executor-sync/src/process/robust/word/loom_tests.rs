//! The protocol with threads for processes, some of which end while they hold the lock, or wait.
//!
//! Run with the others, by `RUSTFLAGS="--cfg loom" cargo test -p executor-sync --release --lib`.

use super::{Found, THREAD, WAITERS, acquire, end, release, try_acquire};
use crate::deadline::Deadline;
use crate::primitives::{Arc, Ordering};
use crate::raw::futex::Futex;
use loom::cell::UnsafeCell;
use loom::thread;
use std::time::Duration;

/// A lock, and a number that only its holder may touch.
struct Scene {
    word: Futex,
    number: UnsafeCell<u32>,
}

// SAFETY: the cell, which loom watches, is touched under the lock only.
unsafe impl Sync for Scene {}
// SAFETY: as above.
unsafe impl Send for Scene {}

impl Scene {
    fn new() -> Arc<Self> {
        Arc::new(Self { word: Futex::new(0), number: UnsafeCell::new(0) })
    }

    fn take(&self, thread: u32) -> Found {
        try_acquire(&self.word, thread)
            .or_else(|| acquire(&self.word, thread, Deadline::Never))
            .expect("a wait for ever ends with the lock")
    }

    fn count(&self) {
        // SAFETY: the caller holds the lock.
        self.number.with_mut(|number| unsafe { *number += 1 });
    }

    fn inside(&self, thread: u32) -> Found {
        let found = self.take(thread);
        assert_eq!(self.word.load(Ordering::Relaxed) & THREAD, thread);
        self.count();
        release(&self.word);
        found
    }
}

#[test]
fn no_two_are_inside_and_nobody_is_forgotten() {
    loom::model(|| {
        let scene = Scene::new();
        let others = [1, 2].map(|id| {
            let scene = Arc::clone(&scene);
            thread::spawn(move || scene.inside(id))
        });
        assert_eq!(scene.inside(3), Found::Free);
        for other in others {
            assert_eq!(other.join().unwrap(), Found::Free);
        }
        assert_eq!(scene.word.load(Ordering::Relaxed) & THREAD, 0);
    });
}

#[test]
fn one_taker_hears_of_the_death_of_a_holder() {
    loom::model(|| {
        let scene = Scene::new();
        let killed = Arc::clone(&scene);
        let killed = thread::spawn(move || {
            let found = killed.take(1);
            killed.count();
            end(&killed.word, 1);
            found
        });
        let other = Arc::clone(&scene);
        let other = thread::spawn(move || other.inside(2));
        let heard = [scene.inside(3), other.join().unwrap()];
        assert_eq!(killed.join().unwrap(), Found::Free);
        let last = scene.inside(4);
        let news = heard.into_iter().chain([last]).filter(|found| *found == Found::Orphaned);
        assert_eq!(news.count(), 1);
    });
}

/// A thread is killed after its release and before the wake-up that belongs to it.
#[test]
fn a_death_in_a_release_wakes_the_next() {
    loom::model(|| {
        let scene = Scene::new();
        let killed = Arc::clone(&scene);
        let killed = thread::spawn(move || {
            killed.take(1);
            killed.count();
            killed.word.swap(0, Ordering::Release);
            end(&killed.word, 1);
        });
        assert_eq!(scene.inside(2), Found::Free);
        killed.join().unwrap();
    });
}

/// Loom lets a timed sleep pass at once, in every order with the others.
#[test]
fn a_timeout_takes_no_wake_up_with_it() {
    loom::model(|| {
        let scene = Scene::new();
        let timed = Arc::clone(&scene);
        let timed = thread::spawn(move || {
            let soon = Deadline::after(Duration::from_secs(1));
            if acquire(&timed.word, 1, soon).is_some() {
                timed.count();
                release(&timed.word);
            }
        });
        let other = Arc::clone(&scene);
        let other = thread::spawn(move || other.inside(2));
        scene.inside(3);
        timed.join().unwrap();
        other.join().unwrap();
        assert_eq!(scene.word.load(Ordering::Relaxed) & !WAITERS, 0);
    });
}

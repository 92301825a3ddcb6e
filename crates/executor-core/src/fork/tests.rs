use super::*;

use std::sync::Barrier;
use std::thread;

/// A lock as a child process finds it that nobody held at the fork.
fn inherited() -> ForkLock<u32> {
    let sound_in = AtomicU32::new(generation().wrapping_sub(1));
    ForkLock { value: Mutex::new(0), sound_in }
}

#[test]
fn the_living_are_not_taken_for_those_who_vanished() {
    for _ in 0..300 {
        let (lock, together) = (inherited(), Barrier::new(2));
        let visit = || {
            together.wait();
            let mut guard = lock.lock().expect("whoever holds it lives");
            // For longer than the other one looks.
            (0..300).for_each(|_| thread::yield_now());
            *guard += 1;
        };
        thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(visit))));
        assert_eq!(*lock.lock().unwrap(), 2);
    }
}

#[test]
fn whoever_vanished_with_it_is_not_waited_for() {
    let lock = inherited();
    let _vanished = lock.value.lock().unwrap();
    assert!(lock.lock().is_none());
    assert!(lock.lock().is_none(), "and still is not");
}

use super::{Robust, THREAD, Thread};
use crate::deadline::Deadline;
use crate::primitives::Ordering::Relaxed;
use crate::process::memory::Memory;
use crate::process::recovered::Recovered;
use crate::process::robust::word::{DIED, FREE};
use std::thread;
use std::time::Duration;

fn lock() -> Robust {
    Robust::of(Memory::zeroed(8).unwrap()).unwrap()
}

fn another(lock: &Robust) -> Robust {
    Robust::of(lock.memory().clone()).unwrap()
}

/// Takes the lock: `None` if that cannot be in time, and else whether its holder had died.
fn take(lock: &Robust, deadline: Deadline) -> Option<Option<Recovered>> {
    lock.take(deadline).then(|| lock.recovered())
}

#[test]
fn one_at_a_time() {
    let lock = lock();
    let other = another(&lock);
    assert!(take(&lock, Deadline::Never).unwrap().is_none());
    assert!(lock.is_held() && lock.is_mine() && other.is_mine());
    thread::scope(|scope| {
        scope.spawn(|| {
            assert!(!other.is_mine());
            assert!(take(&other, Deadline::Now).is_none());
            assert!(take(&other, Deadline::after(Duration::from_millis(1))).is_none());
            other.give();
            assert!(other.is_held(), "who does not hold it cannot release it");
        });
    });
    lock.give();
    assert!(!lock.is_held());
    assert!(take(&other, Deadline::Now).is_some());
    other.give();
}

#[test]
fn a_thread_that_ends_with_it_is_told_of() {
    let lock = lock();
    for _ in 0..10 {
        thread::scope(|scope| {
            scope.spawn(|| assert!(take(&lock, Deadline::Never).is_some()));
        });
        let taken = take(&lock, Deadline::Never).unwrap();
        assert_eq!(taken.unwrap().pid(), Some(std::process::id()));
        lock.give();
        assert!(take(&lock, Deadline::Now).unwrap().is_none());
        lock.give();
    }
}

#[test]
fn one_that_waits_hears_of_it_too() {
    let lock = lock();
    let (taken, waiting) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            assert!(take(&lock, Deadline::Never).is_some());
            taken.wait();
            waiting.wait();
        });
        taken.wait();
        waiting.wait();
        assert!(take(&lock, Deadline::Never).unwrap().is_some());
        lock.give();
    });
}

#[test]
fn many_are_released_in_any_order() {
    let locks: Vec<Robust> = (0..20).map(|_| lock()).collect();
    for step in [1, 3, 7, 19] {
        for lock in &locks {
            assert!(take(lock, Deadline::Now).is_some());
        }
        for n in 0..20 {
            locks[n * step % 20].give();
        }
        assert!(locks.iter().all(|lock| !lock.is_held()));
    }
    // Those that a thread has not released are given back, and no others.
    thread::scope(|scope| {
        scope.spawn(|| {
            for lock in &locks {
                assert!(take(lock, Deadline::Now).is_some());
            }
            for lock in locks.iter().step_by(3) {
                lock.give();
            }
        });
    });
    for (n, lock) in locks.iter().enumerate() {
        // A scope ends a little before its threads do.
        let taken = take(lock, Deadline::Never).unwrap();
        assert_eq!(taken.is_some(), n % 3 != 0);
        lock.give();
    }
}

/// The thread's list goes through memory that nobody has a handle to any more.
#[test]
fn dropped_while_it_is_held() {
    let (first, last) = (lock(), lock());
    assert!(take(&first, Deadline::Now).is_some());
    for _ in 0..10 {
        assert!(take(&lock(), Deadline::Now).is_some());
    }
    assert!(take(&last, Deadline::Now).is_some());
    first.give();
    last.give();
    let next = lock();
    assert!(take(&next, Deadline::Now).is_some());
    next.give();
}

/// What another process writes there by mistake must not lead to entries that are in no list, in
/// two, or twice in one.
#[test]
fn an_overwritten_word_harms_no_list() {
    let (before, after) = (lock(), lock());
    assert!(take(&before, Deadline::Now).is_some());
    for word in [FREE, DIED] {
        let scribbled = lock();
        assert!(take(&scribbled, Deadline::Now).is_some());
        scribbled.word().store(word, Relaxed);
        assert!(take(&scribbled, Deadline::Now).is_some(), "it looks free");
        scribbled.give();
        assert!(!scribbled.is_held());
    }
    let never_taken = lock();
    never_taken.word().store(Thread::current().number(), Relaxed);
    never_taken.give();
    let lost = lock();
    assert!(take(&lost, Deadline::Now).is_some());
    lost.word().store(THREAD, Relaxed);
    lost.give();
    drop((never_taken, lost));
    assert!(take(&after, Deadline::Now).is_some());
    before.give();
    after.give();
}

#[test]
fn an_overwritten_word_does_not_join_lists() {
    let lock = lock();
    assert!(take(&lock, Deadline::Now).is_some());
    lock.word().store(FREE, Relaxed);
    thread::scope(|scope| {
        scope.spawn(|| {
            assert!(take(&lock, Deadline::Now).is_some());
            assert_ne!(lock.private().lister.load(Relaxed), Thread::current().mark());
            lock.give();
        });
    });
    lock.give();
    assert_eq!(lock.private().lister.load(Relaxed), 0);
}

#[test]
fn the_sum_is_right() {
    let lock = lock();
    let sum = std::cell::UnsafeCell::new(0_u64);
    struct Shared<'a>(&'a std::cell::UnsafeCell<u64>);
    // SAFETY: R2: the number is touched under the lock.
    unsafe impl Sync for Shared<'_> {}
    let shared = &Shared(&sum);
    thread::scope(|scope| {
        for _ in 0..4 {
            let lock = another(&lock);
            scope.spawn(move || {
                for _ in 0..10_000 {
                    let taken = take(&lock, Deadline::Never).unwrap();
                    // SAFETY: R2: under the lock.
                    unsafe { *shared.0.get() += 1 };
                    lock.give();
                    assert!(taken.is_none());
                }
            });
        }
    });
    assert_eq!(sum.into_inner(), 40_000);
}

use crate::watchdog::{until, watched};
use executor_sync::{Lock, NotLockedError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn many_threads_are_inside_one_at_a_time() {
    watched(|| {
        let (lock, inside, total) = (Lock::new(), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for thread in 0..8 {
                let (lock, inside, total) = (&lock, &inside, &total);
                scope.spawn(move || {
                    for turn in 0..500 {
                        let _guard = match (thread + turn) % 3 {
                            0 => lock.acquire(),
                            1 => lock.acquire_timeout(Duration::MAX).expect("for ever"),
                            _ => lock.acquire_timeout(Duration::from_secs(50)).expect("long"),
                        };
                        assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0);
                        total.fetch_add(1, Ordering::Relaxed);
                        inside.fetch_sub(1, Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(total.into_inner(), 4_000);
        assert!(!lock.locked());
    });
}

/// Impatient waiters come and go all the time; no wake may be lost with them.
#[test]
fn timeouts_do_not_lose_wakes() {
    watched(|| {
        let (lock, patient_are_done) = (Lock::new(), AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !patient_are_done.load(Ordering::Relaxed) {
                        drop(lock.acquire_timeout(Duration::from_micros(20)));
                    }
                });
            }
            let patient: Vec<_> = (0..2)
                .map(|_| scope.spawn(|| (0..1_000).for_each(|_| drop(lock.acquire()))))
                .collect();
            patient.into_iter().for_each(|thread| thread.join().unwrap());
            patient_are_done.store(true, Ordering::Relaxed);
        });
    });
}

#[test]
fn zero_only_tries() {
    let lock = Lock::new();
    let guard = lock.acquire_timeout(Duration::ZERO).expect("it is free");
    assert!(lock.acquire_timeout(Duration::ZERO).is_none());
    assert!(lock.try_acquire().is_none());
    assert!(!lock.acquire_raw_timeout(Duration::ZERO));
    assert!(!lock.try_acquire_raw());
    drop(guard);
    assert!(lock.try_acquire_raw());
}

#[test]
fn a_timeout_lasts_as_long_as_it_says() {
    let lock = Lock::new();
    let _guard = lock.acquire();
    let (start, timeout) = (Instant::now(), Duration::from_millis(10));
    assert!(lock.acquire_timeout(timeout).is_none());
    assert!(start.elapsed() >= timeout);
}

#[test]
fn any_thread_may_release_what_was_acquired_raw() {
    watched(|| {
        let lock = Lock::new();
        lock.acquire_raw();
        assert!(lock.locked());
        thread::scope(|scope| {
            scope.spawn(|| lock.release().expect("it is held raw"));
            assert!(lock.acquire_raw_timeout(Duration::MAX));
        });
        assert_eq!(lock.release(), Ok(()));
        assert_eq!(lock.release(), Err(NotLockedError));
    });
}

#[test]
fn release_leaves_the_hold_of_a_guard_alone() {
    let lock = Lock::new();
    let guard = lock.acquire();
    assert_eq!(lock.release(), Err(NotLockedError));
    assert!(lock.locked());
    drop(guard);
    assert!(!lock.locked());
}

#[test]
fn a_panic_releases_and_does_not_poison() {
    let lock = Lock::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _guard = lock.acquire();
        panic!("while holding the lock");
    }));
    assert!(panicked.is_err());
    assert!(lock.try_acquire().is_some());
}

#[test]
fn a_sleeper_is_woken_by_a_guard_that_another_thread_drops() {
    watched(|| {
        static LOCK: Lock = Lock::named("a static");
        let guard = LOCK.acquire();
        let waiting = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                waiting.store(true, Ordering::Relaxed);
                drop(LOCK.acquire());
            });
            until(|| waiting.load(Ordering::Relaxed));
            drop(guard);
        });
    });
}

#[test]
fn says_what_it_is() {
    let lock = Lock::default();
    assert_eq!(format!("{lock:?}"), "Lock { locked: false, .. }");
    assert_eq!(format!("{:?}", lock.acquire()), "LockGuard");
    assert!(NotLockedError.to_string().starts_with("cannot release a lock"));
}

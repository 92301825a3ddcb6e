use crate::watchdog::{until, watched};
use executor_sync::{Condition, Guard, Lock, Mutex, RLock};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Starts waiters one after another, each once the one before is in the queue, and returns when
/// all are.
fn in_order<'scope, 'env>(
    scope: &'scope thread::Scope<'scope, 'env>,
    pair: &'env (Mutex<Vec<usize>>, Condition),
    count: usize,
) {
    for waiter in 0..count {
        scope.spawn(move || {
            let mut woken = pair.0.lock();
            pair.1.wait(&mut woken);
            woken.push(waiter);
        });
        until(|| pair.1.n_waiting() == waiter + 1);
    }
}

#[test]
fn notify_wakes_the_oldest_and_no_more_than_it_says() {
    watched(|| {
        let pair = (Mutex::new(Vec::new()), Condition::new());
        thread::scope(|scope| {
            in_order(scope, &pair, 4);
            pair.1.notify(0);
            assert_eq!(pair.1.n_waiting(), 4);
            pair.1.notify(1);
            until(|| pair.0.lock().len() == 1);
            assert_eq!(*pair.0.lock(), [0]);
            pair.1.notify(2);
            until(|| pair.0.lock().len() == 3);
            assert_eq!(pair.1.n_waiting(), 1);
            pair.1.notify_all();
        });
        assert_eq!(pair.0.into_inner()[3], 3);
    });
}

#[test]
fn a_notification_is_not_kept() {
    let (lock, condition) = (Lock::new(), Condition::new());
    condition.notify_all();
    let mut guard = lock.acquire();
    assert!(!condition.wait_timeout(&mut guard, Duration::from_millis(1)));
    assert!(!condition.wait_timeout(&mut guard, Duration::ZERO));
    assert_eq!(condition.n_waiting(), 0);
    assert!(lock.locked());
}

/// Waits once with whatever guard, while another thread takes the lock and notifies.
fn gives_the_lock_up<G: Guard>(mut guard: G, take_and_notify: impl FnOnce() + Send, c: &Condition) {
    thread::scope(|scope| {
        scope.spawn(take_and_notify);
        c.wait(&mut guard);
    });
}

#[test]
fn every_kind_of_guard_gives_its_lock_up() {
    watched(|| {
        let (lock, mutex, rlock) = (Lock::new(), Mutex::new(0), RLock::new());
        let c = Condition::new();
        let (held, locked) = (lock.acquire(), mutex.lock());
        gives_the_lock_up(
            held,
            || {
                let _guard = lock.acquire();
                c.notify(1)
            },
            &c,
        );
        gives_the_lock_up(
            locked,
            || {
                let _guard = mutex.lock();
                c.notify(1)
            },
            &c,
        );
        let (_outer, inner) = (rlock.acquire(), rlock.acquire());
        rlock.acquire_raw();
        gives_the_lock_up(
            inner,
            || {
                let _guard = rlock.acquire();
                c.notify(1)
            },
            &c,
        );
        assert_eq!(rlock.depth(), 2);
        assert_eq!(rlock.release(), Ok(()));
        assert!(!lock.locked() && !mutex.locked() && rlock.locked());
    });
}

#[test]
fn wait_for_has_one_deadline_and_a_last_look() {
    watched(|| {
        let (value, condition) = (Mutex::new(0), Condition::new());
        let looks = AtomicUsize::new(0);
        let mut guard = value.lock();
        let (start, timeout) = (Instant::now(), Duration::from_millis(5));
        let found = condition.wait_for(
            &mut guard,
            |_| looks.fetch_add(1, Ordering::Relaxed) > 0,
            Some(timeout),
        );
        assert!(found && start.elapsed() >= timeout, "the last look decides");
        assert!(condition.wait_for(&mut guard, |value| *value == 0, Some(Duration::ZERO)));
        assert!(!condition.wait_for(&mut guard, |value| *value == 1, Some(Duration::ZERO)));
    });
}

#[test]
fn a_predicate_that_panics_leaves_the_lock_held_by_its_guard() {
    watched(|| {
        let (lock, condition) = (RLock::new(), Condition::new());
        let _outer = lock.acquire();
        let mut inner = lock.acquire();
        let calls = AtomicUsize::new(0);
        let waited = catch_unwind(AssertUnwindSafe(|| {
            condition.wait_for(
                &mut inner,
                |()| {
                    assert!(calls.fetch_add(1, Ordering::Relaxed) == 0, "the second look");
                    false
                },
                Some(Duration::from_millis(1)),
            )
        }));
        assert!(waited.is_err());
        assert_eq!(lock.depth(), 2);
        assert_eq!(condition.n_waiting(), 0);
    });
}

#[test]
fn another_lock_at_the_same_time_is_refused_and_later_is_not() {
    watched(|| {
        let pair = (Mutex::new(Vec::new()), Condition::new());
        let other = Lock::new();
        thread::scope(|scope| {
            in_order(scope, &pair, 1);
            let mut guard = other.acquire();
            let refused = catch_unwind(AssertUnwindSafe(|| pair.1.wait(&mut guard)));
            assert!(refused.is_err());
            assert!(other.locked());
            assert_eq!(pair.1.n_waiting(), 1);
            pair.1.notify_all();
        });
        let mut guard = other.acquire();
        assert!(!pair.1.wait_timeout(&mut guard, Duration::from_millis(1)));
    });
}

/// Producers and consumers through a queue of one place: a lost wake would hang.
#[test]
fn a_bounded_queue_passes_everything_on() {
    const ITEMS: usize = 2_000;
    watched(|| {
        let (place, changed) = (Mutex::new(None), Condition::new());
        let sum = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for item in 0..ITEMS {
                        let mut place = place.lock();
                        changed.wait_for(&mut place, |place| place.is_none(), None);
                        *place = Some(item);
                        changed.notify_all();
                    }
                });
                scope.spawn(|| {
                    for _ in 0..ITEMS {
                        let mut place = place.lock();
                        changed.wait_for(&mut place, |place| place.is_some(), None);
                        sum.fetch_add(place.take().expect("it is there"), Ordering::Relaxed);
                        changed.notify_all();
                    }
                });
            }
        });
        assert_eq!(sum.into_inner(), ITEMS * (ITEMS - 1));
    });
}

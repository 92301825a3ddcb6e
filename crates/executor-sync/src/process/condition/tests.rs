use super::{Condition, Identity};
use crate::primitives::Ordering::Relaxed;
use crate::process::guard::Suspend;
use crate::process::{Lock, RLock};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

const DEAD: Identity = Identity { pid: u32::MAX, born: 1 };

/// The oldest is told, and cannot hear it.
#[test]
fn a_notification_for_the_dead_is_passed_on() {
    let (lock, changed) = (Lock::new().unwrap(), Condition::new().unwrap());
    let number = lock.acquire().lock_number();
    changed.turn().lock.store(number, Relaxed);
    assert!(changed.turn().queue.enter(DEAD, 0).is_some());
    thread::scope(|scope| {
        let waiter =
            scope.spawn(|| changed.wait_timeout(&mut lock.acquire(), Duration::from_secs(10)));
        while changed.turn().queue.next_ticket() < 2 {
            thread::yield_now();
        }
        changed.notify(1);
        assert!(waiter.join().unwrap());
    });
    assert_eq!(changed.n_waiting(), 0);
}

/// Who came after a notification does not get it, whatever becomes of whom it was for.
#[test]
fn a_notification_is_for_those_that_waited() {
    let (lock, changed) = (Lock::new().unwrap(), Condition::new().unwrap());
    assert!(changed.turn().queue.enter(DEAD, 0).is_some());
    changed.notify(1);
    let late = Duration::from_millis(120);
    assert!(!changed.wait_timeout(&mut lock.acquire(), late));
}

#[test]
fn all_levels_come_back() {
    let (lock, changed) = (RLock::new().unwrap(), Condition::new().unwrap());
    let mut guard = lock.acquire();
    let _deeper = lock.acquire();
    thread::scope(|scope| {
        scope.spawn(|| {
            while changed.n_waiting() == 0 {
                thread::yield_now();
            }
            let _free = lock.acquire();
            changed.notify_all();
        });
        changed.wait(&mut guard);
    });
    assert_eq!(lock.depth(), 2);
}

#[test]
fn two_locks_at_once_are_a_mistake() {
    let (one, two, changed) =
        (Lock::new().unwrap(), Lock::new().unwrap(), Condition::new().unwrap());
    thread::scope(|scope| {
        let waiter = scope.spawn(|| changed.wait(&mut one.acquire()));
        while changed.n_waiting() == 0 {
            thread::yield_now();
        }
        let mut guard = two.acquire();
        let wrong = catch_unwind(AssertUnwindSafe(|| changed.wait(&mut guard)));
        assert!(wrong.is_err() && two.locked());
        drop(guard);
        changed.notify(1);
        waiter.join().unwrap();
    });
}

#[test]
fn a_predicate_is_asked_under_the_lock() {
    let (lock, changed) = (Lock::new().unwrap(), Condition::new().unwrap());
    let mut guard = lock.acquire();
    let mut asked = 0;
    let never = || {
        asked += 1;
        !lock.locked()
    };
    assert!(!changed.wait_for(&mut guard, never, Some(Duration::ZERO)));
    assert_eq!(asked, 2);
    assert!(changed.wait_for(&mut guard, || lock.locked(), None));
}

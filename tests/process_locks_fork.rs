//! Locks that a forked child has inherited: they are shared with it, and what the parent holds it
//! does not hold.
//!
//! A process of its own, for it is forked.
#![expect(unsafe_code, reason = "fork is a C function")]

#[path = "support/fork.rs"]
#[allow(dead_code, reason = "this program needs only a part of it")]
mod fork;
#[path = "support/watchdog.rs"]
mod watchdog;

use std::time::Duration;

use concurrent_futures::sync::process::{Barrier, Event, Lock, RLock, Semaphore};
use fork::in_a_child;
use watchdog::check;

#[test]
fn a_forked_child_shares_the_locks_and_holds_none() {
    check(|| {
        let (lock, rlock, event) =
            (Lock::new().unwrap(), RLock::new().unwrap(), Event::new().unwrap());
        let permits = Semaphore::new(2).unwrap();
        let (guard, level, permit) = (lock.acquire(), rlock.acquire(), permits.acquire());
        let mut held = Some((guard, level, permit));
        in_a_child("copies of guards", || {
            assert!(lock.try_acquire().is_none() && rlock.try_acquire().is_none());
            assert_eq!((rlock.depth(), permits.value()), (0, 1));
            drop(held.take());
            assert!(lock.locked() && rlock.locked());
            assert_eq!(permits.value(), 1);
            event.set();
        });
        assert!(event.is_set() && lock.locked() && rlock.depth() == 1);
        assert_eq!(permits.value(), 1);
        drop(held.take());
        assert!(!lock.locked() && !rlock.locked());
        assert_eq!(permits.value(), 2);
    });
}

#[test]
fn a_forked_child_that_ends_as_a_holder_is_told_of() {
    check(|| {
        let (lock, permits) = (Lock::new().unwrap(), Semaphore::new(1).unwrap());
        in_a_child("ends with what it holds", || {
            std::mem::forget(lock.acquire());
            std::mem::forget(permits.acquire());
        });
        let told = lock.acquire().recovered().and_then(|news| news.pid());
        assert!(told.is_some_and(|pid| pid != std::process::id()));
        let permit = permits.acquire_timeout(Duration::from_secs(10)).expect("it came back");
        assert_eq!(permit.recovered().and_then(|news| news.pid()), told);
    });
}

/// Who a process is, all of its threads know alike, also one that cannot ask the system.
#[test]
fn a_permit_comes_back_when_no_descriptor_is_left() {
    check(|| {
        let permits = Semaphore::new(1).unwrap();
        in_a_child("drops a permit in another thread", || {
            let permit = permits.acquire();
            let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            // SAFETY: the limit is read from a local.
            assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const none) }, 0);
            std::thread::scope(|scope| {
                scope.spawn(|| drop(permit));
            });
            assert_eq!(permits.value(), 1);
        });
    });
}

#[test]
fn a_forked_child_meets_its_parent() {
    check(|| {
        let barrier = Barrier::new(2).unwrap();
        std::thread::scope(|scope| {
            let other = scope.spawn(|| barrier.wait().unwrap());
            in_a_child("passes the barrier", || {
                assert!(barrier.wait().is_ok());
            });
            assert!(other.join().unwrap() < 2);
        });
    });
}

use crate::A_WHILE;
use executor_sync::{BoundedSemaphore, Semaphore};
use loom::sync::Arc;
use loom::thread;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

#[test]
fn a_release_reaches_the_waiter() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let other = Arc::clone(&semaphore);
        let other = thread::spawn(move || other.release(1));
        drop(semaphore.acquire());
        other.join().unwrap();
        assert_eq!(semaphore.value(), 1);
    });
}

#[test]
fn a_grant_that_meets_a_timeout_is_not_lost() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let permit = semaphore.acquire();
        let timed = Arc::clone(&semaphore);
        let timed = thread::spawn(move || drop(timed.acquire_timeout(A_WHILE)));
        drop(permit);
        timed.join().unwrap();
        assert_eq!(semaphore.value(), 1);
        assert!(semaphore.try_acquire().is_some());
    });
}

/// The permit that a timed-out waiter did not take goes to the one behind it.
#[test]
fn a_timeout_at_the_head_lets_the_next_go_on() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let (big, small) = (Arc::clone(&semaphore), Arc::clone(&semaphore));
        let big = thread::spawn(move || big.acquire_many_timeout(2, A_WHILE).is_some());
        let small = thread::spawn(move || drop(small.acquire()));
        semaphore.release(1);
        let _ = big.join().unwrap();
        small.join().unwrap();
        assert_eq!(semaphore.value(), 1);
    });
}

#[test]
fn a_cancelled_task_gives_its_permit_back() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let permit = semaphore.acquire();
        let task = Arc::clone(&semaphore);
        let task = thread::spawn(move || {
            let mut acquire = pin!(task.acquire_async());
            let _ = acquire.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        });
        drop(permit);
        task.join().unwrap();
        assert_eq!(semaphore.value(), 1);
        assert!(semaphore.try_acquire().is_some());
    });
}

/// A task is cancelled in front of a thread that waits in the same queue.
#[test]
fn a_cancelled_task_lets_the_thread_behind_it_go_on() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let (task, waiter) = (Arc::clone(&semaphore), Arc::clone(&semaphore));
        let task = thread::spawn(move || {
            let mut acquire = pin!(task.acquire_async());
            let _ = acquire.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        });
        let waiter = thread::spawn(move || drop(waiter.acquire()));
        semaphore.release(1);
        task.join().unwrap();
        waiter.join().unwrap();
        assert_eq!(semaphore.value(), 1);
    });
}

#[test]
fn a_task_is_woken() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let permit = semaphore.acquire();
        let task = Arc::clone(&semaphore);
        let task = thread::spawn(move || {
            loom::future::block_on(async { drop(task.acquire_async().await) });
        });
        drop(permit);
        task.join().unwrap();
        assert_eq!(semaphore.value(), 1);
    });
}

#[test]
fn many_are_all_or_nothing() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(2));
        let both = Arc::clone(&semaphore);
        let both = thread::spawn(move || drop(both.acquire_many(2)));
        drop(semaphore.acquire());
        both.join().unwrap();
        assert_eq!(semaphore.value(), 2);
    });
}

#[test]
fn over_release_is_refused_by_exactly_one() {
    loom::model(|| {
        let semaphore = Arc::new(BoundedSemaphore::new(1));
        semaphore.acquire().forget();
        let other = Arc::clone(&semaphore);
        let other = thread::spawn(move || other.release(1).is_ok());
        let mine = semaphore.release(1).is_ok();
        assert!(mine != other.join().unwrap());
        assert_eq!(semaphore.value(), 1);
    });
}

use crate::watchdog::{until, watched};
use executor_sync::{Mutex, Permit, Semaphore};
use futures::executor::block_on;
use std::future::Future;
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn at_most_so_many_are_inside() {
    watched(|| {
        let (semaphore, inside) = (Semaphore::new(3), AtomicUsize::new(0));
        thread::scope(|scope| {
            for thread in 0..8 {
                let (semaphore, inside) = (&semaphore, &inside);
                scope.spawn(move || {
                    for turn in 0..500 {
                        let count = 1 + (thread + turn) % 3;
                        let permit = semaphore.acquire_many(count);
                        assert!(inside.fetch_add(count, Ordering::Relaxed) + count <= 3);
                        inside.fetch_sub(permit.count(), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!((semaphore.value(), semaphore.n_waiting()), (3, 0));
    });
}

/// Threads and tasks queue by turns; permits are released one at a time.
#[test]
fn threads_and_tasks_are_served_in_the_order_they_came() {
    watched(|| {
        let (semaphore, served) = (Semaphore::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for waiter in 0..8 {
                let (semaphore, served) = (&semaphore, &served);
                scope.spawn(move || {
                    match waiter % 3 {
                        0 => semaphore.acquire().forget(),
                        1 => block_on(semaphore.acquire_async()).forget(),
                        _ => semaphore.acquire_timeout(Duration::from_secs(50)).unwrap().forget(),
                    }
                    served.lock().push(waiter);
                });
                until(|| semaphore.n_waiting() == waiter + 1);
            }
            for waiter in 0..8 {
                semaphore.release(1);
                until(|| served.lock().len() == waiter + 1);
            }
        });
        assert_eq!(served.into_inner(), [0, 1, 2, 3, 4, 5, 6, 7]);
    });
}

#[test]
fn nobody_overtakes_who_waits() {
    watched(|| {
        let semaphore = Semaphore::new(2);
        thread::scope(|scope| {
            scope.spawn(|| drop(semaphore.acquire_many(3)));
            until(|| semaphore.n_waiting() == 1);
            assert_eq!(semaphore.value(), 2);
            assert!(semaphore.try_acquire().is_none());
            assert!(semaphore.acquire_timeout(Duration::from_millis(1)).is_none());
            semaphore.release(1);
        });
        assert!(semaphore.try_acquire_many(3).is_some());
    });
}

/// A releaser that comes back at once queues behind those that were there before.
#[test]
fn a_waiter_is_not_starved_by_one_that_comes_back_at_once() {
    watched(|| {
        let semaphore = Semaphore::new(1);
        let permit = semaphore.acquire();
        let served = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                let _permit = semaphore.acquire();
                served.store(1, Ordering::Relaxed);
            });
            until(|| semaphore.n_waiting() == 1);
            drop(permit);
            let _permit = semaphore.acquire();
            assert_eq!(served.load(Ordering::Relaxed), 1);
        });
    });
}

/// Timeouts, cancelled tasks, releases and acquires in every mixture end with what was there.
#[test]
fn permits_are_conserved_under_stress() {
    watched(|| {
        let semaphore = Semaphore::new(3);
        thread::scope(|scope| {
            for thread in 0..6_u64 {
                let semaphore = &semaphore;
                scope.spawn(move || (0..600).for_each(|turn| stress(semaphore, thread * 7 + turn)));
            }
        });
        assert_eq!((semaphore.value(), semaphore.n_waiting()), (3, 0));
        assert!(semaphore.try_acquire_many(3).is_some());
    });
}

fn stress(semaphore: &Semaphore, dice: u64) {
    let count = 1 + (dice % 3) as usize;
    match dice % 5 {
        0 => drop(semaphore.acquire_many(count)),
        1 => drop(semaphore.acquire_many_timeout(count, Duration::from_micros(dice % 40))),
        2 => poll_a_little(semaphore, count),
        3 => block_on(async { drop(semaphore.acquire_many_async(count).await) }),
        _ => {
            semaphore.acquire_many(count).forget();
            semaphore.release(count);
        }
    }
}

/// Polls twice and drops the future, granted or not.
fn poll_a_little(semaphore: &Semaphore, count: usize) {
    let mut acquire = pin!(semaphore.acquire_many_async(count));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        if let Poll::Ready(permit) = acquire.as_mut().poll(&mut cx) {
            assert_eq!(permit.count(), count);
            return;
        }
        thread::yield_now();
    }
}

/// A waker that comes back for the same semaphore, as an executor that runs tasks at once may.
#[test]
fn a_waker_may_use_the_semaphore() {
    struct Again(Arc<Semaphore>, AtomicUsize);
    impl Wake for Again {
        fn wake(self: Arc<Self>) {
            self.1.store(1 + self.0.value(), Ordering::Relaxed);
            drop(self.0.try_acquire());
        }
    }
    watched(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let again = Arc::new(Again(Arc::clone(&semaphore), AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&again));
        let mut acquire = pin!(semaphore.acquire_async());
        assert!(acquire.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        semaphore.release(2);
        assert_eq!(again.1.load(Ordering::Relaxed), 2);
        let ready = acquire.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(matches!(ready, Poll::Ready(ref permit) if permit.count() == 1));
    });
}

#[test]
fn tasks_wait_in_tokio() {
    watched(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let semaphore = Arc::new(Semaphore::new(2));
        runtime.block_on(async {
            let tasks: Vec<_> = (0..50)
                .map(|_| {
                    let semaphore = Arc::clone(&semaphore);
                    tokio::spawn(async move {
                        let permit = semaphore.acquire_async().await;
                        tokio::task::yield_now().await;
                        drop(permit);
                    })
                })
                .collect();
            let late =
                tokio::time::timeout(Duration::from_micros(50), semaphore.acquire_many_async(2));
            drop(late.await);
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_eq!(semaphore.value(), 2);
    });
}

#[test]
fn zero_permits_zero_time_and_too_many() {
    let semaphore = Semaphore::new(0);
    assert!(semaphore.acquire_timeout(Duration::ZERO).is_none());
    assert_eq!(semaphore.acquire_many(0).count(), 0);
    assert!(semaphore.try_acquire_many(0).is_some());
    assert!(semaphore.try_acquire_many(usize::MAX).is_none());
    semaphore.release(0);
    semaphore.release(Semaphore::MAX_PERMITS);
    assert!(catch_unwind(|| semaphore.release(1)).is_err());
    assert!(catch_unwind(|| semaphore.release(usize::MAX)).is_err());
    assert_eq!(semaphore.value(), Semaphore::MAX_PERMITS);
    assert!(catch_unwind(|| Semaphore::new(usize::MAX)).is_err());
}

#[test]
fn a_timeout_lasts_as_long_as_it_says() {
    let semaphore = Semaphore::new(1);
    let (start, timeout) = (Instant::now(), Duration::from_millis(10));
    assert!(semaphore.acquire_many_timeout(2, timeout).is_none());
    assert!(start.elapsed() >= timeout);
    assert_eq!((semaphore.value(), semaphore.n_waiting()), (1, 0));
    assert!(semaphore.acquire_timeout(Duration::MAX).is_some());
}

#[test]
fn a_permit_may_be_dropped_elsewhere() {
    let semaphore = Semaphore::default();
    let permit: Permit<'_> = semaphore.acquire();
    thread::scope(|scope| {
        scope.spawn(move || drop(permit));
    });
    assert_eq!(semaphore.value(), 1);
    assert_eq!(format!("{semaphore:?}"), "Semaphore { value: 1, .. }");
    assert_eq!(format!("{:?}", semaphore.acquire()), "Permit { count: 1, .. }");
    assert_eq!(format!("{:?}", semaphore.acquire_async()), "Acquire { want: 1, .. }");
}

//! Plain memory behind every primitive, for ThreadSanitizer to watch:
//! `RUSTFLAGS="-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer"
//! TSAN_OPTIONS="suppressions=$PWD/crates/executor-sync/tests/thread_sanitizer.supp" cargo +nightly
//! test -p executor-sync --target x86_64-unknown-linux-gnu --test stress`.
//!
//! Std is not instrumented there, so threads are joined by their handles, which the sanitizer
//! understands, and not by the end of a scope, which it does not. The sums are checked as well.
#![cfg(not(loom))]
#![expect(unsafe_code, reason = "plain memory that only the primitive under test protects")]

use executor_sync::{Barrier, Condition, Event, Lock, Mutex, RLock, Semaphore};
use std::cell::UnsafeCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

const THREADS: usize = 4;
const TURNS: usize = 2_000;

/// A number without any protection of its own.
struct Bare(UnsafeCell<usize>);

// SAFETY: every test reaches it only while the primitive under test excludes all others, or has
// ordered them; that is what is tested.
unsafe impl Sync for Bare {}

impl Bare {
    fn new() -> Self {
        Self(UnsafeCell::new(0))
    }

    fn add(&self, more: usize) {
        // SAFETY: as for `Sync`.
        unsafe { *self.0.get() += more };
    }

    fn get(&self) -> usize {
        // SAFETY: as for `Sync`.
        unsafe { *self.0.get() }
    }
}

/// Runs the same work in some threads and joins each of them.
fn crew(work: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        let work = &work;
        let crew: Vec<_> = (0..THREADS).map(|me| scope.spawn(move || work(me))).collect();
        crew.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn lock() {
    let (lock, total) = (Lock::new(), Bare::new());
    crew(|me| {
        for turn in 0..TURNS {
            let wait = Duration::from_micros(5);
            match (me + turn) % 3 {
                0 => {
                    let _guard = lock.acquire();
                    total.add(1);
                }
                1 => {
                    lock.acquire_raw();
                    total.add(1);
                    lock.release().unwrap();
                }
                _ => {
                    let _guard = lock.acquire_timeout(wait).unwrap_or_else(|| lock.acquire());
                    total.add(1);
                }
            }
        }
    });
    assert_eq!(total.get(), THREADS * TURNS);
}

#[test]
fn mutex_and_rlock() {
    let (mutex, rlock, total) = (Mutex::new(Vec::new()), RLock::new(), Bare::new());
    crew(|me| {
        for _ in 0..TURNS {
            mutex.lock().push(me);
            let _levels = (rlock.acquire(), rlock.acquire());
            total.add(rlock.depth());
        }
    });
    assert_eq!(mutex.lock().len(), THREADS * TURNS);
    assert_eq!(total.get(), 2 * THREADS * TURNS);
}

#[test]
fn condition() {
    let (turn, changed, total) = (Mutex::new(0), Condition::new(), Bare::new());
    crew(|me| {
        for _ in 0..TURNS / 10 {
            let mut turn = turn.lock();
            while *turn % THREADS != me {
                changed.wait_timeout(&mut turn, Duration::from_micros(200));
            }
            total.add(1);
            *turn += 1;
            changed.notify_all();
        }
    });
    assert_eq!(total.get(), THREADS * (TURNS / 10));
}

/// Polls until it is ready, giving up now and then.
fn impatient(semaphore: &Semaphore, total: &Bare) {
    loop {
        let mut acquire = pin!(semaphore.acquire_async());
        for _ in 0..3 {
            let polled = acquire.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(_permit) = polled {
                return total.add(1);
            }
            thread::yield_now();
        }
    }
}

#[test]
fn semaphore() {
    let (semaphore, total) = (Semaphore::new(1), Bare::new());
    crew(|me| {
        for turn in 0..TURNS / 4 {
            let wait = Duration::from_micros(5);
            match (me + turn) % 3 {
                0 => {
                    let _permit = semaphore.acquire();
                    total.add(1);
                }
                1 => impatient(&semaphore, &total),
                _ => {
                    let permit = semaphore.acquire_timeout(wait);
                    let _permit = permit.unwrap_or_else(|| semaphore.acquire());
                    total.add(1);
                }
            }
        }
    });
    assert_eq!(total.get(), THREADS * (TURNS / 4));
    assert_eq!(semaphore.value(), 1);
}

#[test]
fn event() {
    let rounds: Vec<_> = (0..TURNS / 4).map(|_| (Event::new(), Bare::new())).collect();
    crew(|me| {
        for (round, (event, value)) in rounds.iter().enumerate() {
            if round % THREADS == me {
                value.add(round);
                event.set();
            } else {
                event.wait();
            }
            assert_eq!(value.get(), round);
        }
    });
}

#[test]
fn barrier() {
    let places: Vec<_> = (0..THREADS).map(|_| Bare::new()).collect();
    let barrier = Barrier::with_action(THREADS, || ());
    crew(|me| {
        for round in 1..=TURNS / 20 {
            places[me].add(1);
            barrier.wait().unwrap();
            assert!(places.iter().all(|place| place.get() == round));
            barrier.wait().unwrap();
        }
    });
}

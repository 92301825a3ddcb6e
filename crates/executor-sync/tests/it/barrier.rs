use crate::watchdog::{until, watched};
use executor_sync::{Barrier, BrokenBarrierError, Event};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// In every generation each index is given once, and nobody runs ahead of the others.
#[test]
fn generations_stay_together() {
    const PARTIES: usize = 4;
    const ROUNDS: usize = 300;
    watched(|| {
        let barrier = Barrier::new(PARTIES);
        let indices: Vec<_> = (0..ROUNDS).map(|_| AtomicUsize::new(0)).collect();
        thread::scope(|scope| {
            for _ in 0..PARTIES {
                scope.spawn(|| {
                    for round in &indices {
                        let index = barrier.wait().unwrap();
                        let before = round.fetch_or(1 << index, Ordering::Relaxed);
                        assert_eq!(before & (1 << index), 0, "an index given twice");
                    }
                });
            }
        });
        assert!(indices.iter().all(|round| round.load(Ordering::Relaxed) == (1 << PARTIES) - 1));
    });
}

/// More threads than parties: every generation is full, whoever it is made of.
#[test]
fn more_threads_than_parties() {
    const ARRIVALS: usize = 1_200;
    watched(|| {
        let (arrivals, rounds) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&rounds);
        let barrier = Barrier::with_action(2, move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    while arrivals.fetch_add(1, Ordering::Relaxed) < ARRIVALS {
                        assert!(barrier.wait().is_ok());
                    }
                });
            }
        });
        assert_eq!(rounds.load(Ordering::Relaxed), ARRIVALS / 2);
        assert_eq!(barrier.n_waiting(), 0);
    });
}

#[test]
fn one_party_never_waits() {
    let barrier = Barrier::new(1);
    assert_eq!(barrier.wait(), Ok(0));
    assert_eq!(barrier.wait_timeout(Duration::ZERO), Ok(0));
    assert_eq!(barrier.parties(), 1);
    assert!(catch_unwind(|| Barrier::new(0)).is_err());
}

#[test]
fn a_timeout_breaks_it_for_all() {
    watched(|| {
        let barrier = Barrier::new(3);
        thread::scope(|scope| {
            let patient = scope.spawn(|| barrier.wait());
            until(|| barrier.n_waiting() == 1);
            let (start, timeout) = (Instant::now(), Duration::from_millis(5));
            assert_eq!(barrier.wait_timeout(timeout), Err(BrokenBarrierError));
            assert!(start.elapsed() >= timeout);
            assert_eq!(patient.join().unwrap(), Err(BrokenBarrierError));
        });
        assert!(barrier.broken());
        assert_eq!((barrier.n_waiting(), barrier.wait()), (0, Err(BrokenBarrierError)));
        barrier.reset();
        assert!(!barrier.broken());
    });
}

#[test]
fn zero_breaks_it_unless_it_is_the_last() {
    watched(|| {
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            let first = scope.spawn(|| barrier.wait_timeout(Duration::MAX));
            until(|| barrier.n_waiting() == 1);
            assert_eq!(barrier.wait_timeout(Duration::ZERO), Ok(1));
            assert_eq!(first.join().unwrap(), Ok(0));
        });
        assert_eq!(barrier.wait_timeout(Duration::ZERO), Err(BrokenBarrierError));
        assert!(barrier.broken());
    });
}

#[test]
fn abort_frees_all_and_lasts_until_reset() {
    watched(|| {
        let barrier = Barrier::new(3);
        thread::scope(|scope| {
            let waiters: Vec<_> = (0..2).map(|_| scope.spawn(|| barrier.wait())).collect();
            until(|| barrier.n_waiting() == 2);
            barrier.abort();
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), Err(BrokenBarrierError));
            }
        });
        barrier.abort();
        assert!(barrier.broken());
        assert!(BrokenBarrierError.to_string().contains("`reset`"));
    });
}

#[test]
fn reset_sends_the_waiting_away_and_starts_anew() {
    watched(|| {
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| barrier.wait());
            until(|| barrier.n_waiting() == 1);
            barrier.reset();
            assert_eq!(waiter.join().unwrap(), Err(BrokenBarrierError));
            assert!(!barrier.broken());
            let first = scope.spawn(|| barrier.wait());
            until(|| barrier.n_waiting() == 1);
            assert_eq!(barrier.wait(), Ok(1));
            assert_eq!(first.join().unwrap(), Ok(0));
        });
    });
}

#[test]
fn a_panic_in_the_action_breaks_it_and_goes_on() {
    watched(|| {
        let barrier = Barrier::with_action(2, || panic!("in the action"));
        thread::scope(|scope| {
            let first = scope.spawn(|| barrier.wait());
            until(|| barrier.n_waiting() == 1);
            let panic = catch_unwind(AssertUnwindSafe(|| barrier.wait())).unwrap_err();
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"in the action"));
            assert_eq!(first.join().unwrap(), Err(BrokenBarrierError));
        });
        assert!(barrier.broken());
    });
}

/// A barrier whose action waits until it is let go.
fn slow_barrier() -> (Barrier, Arc<Event>, Arc<Event>) {
    let (begun, let_go) = (Arc::new(Event::new()), Arc::new(Event::new()));
    let (begins, waits) = (Arc::clone(&begun), Arc::clone(&let_go));
    let action = move || {
        begins.set();
        waits.wait();
    };
    (Barrier::with_action(1, action), begun, let_go)
}

#[test]
fn abort_while_the_action_runs() {
    watched(|| {
        let (barrier, begun, let_go) = slow_barrier();
        thread::scope(|scope| {
            let leader = scope.spawn(|| barrier.wait());
            begun.wait();
            assert_eq!(barrier.n_waiting(), 1);
            barrier.abort();
            let_go.set();
            assert_eq!(leader.join().unwrap(), Err(BrokenBarrierError));
        });
        assert!(barrier.broken());
    });
}

#[test]
fn who_comes_while_the_action_runs_waits_for_its_end() {
    watched(|| {
        let (barrier, begun, let_go) = slow_barrier();
        thread::scope(|scope| {
            let leader = scope.spawn(|| barrier.wait());
            begun.wait();
            let next = scope.spawn(|| barrier.wait());
            let_go.set();
            assert_eq!((leader.join().unwrap(), next.join().unwrap()), (Ok(0), Ok(0)));
        });
    });
}

#[test]
fn after_a_reset_a_new_generation_waits_for_the_old_action() {
    watched(|| {
        let (barrier, begun, let_go) = slow_barrier();
        thread::scope(|scope| {
            let leader = scope.spawn(|| barrier.wait());
            begun.wait();
            barrier.reset();
            let timeout = Duration::from_millis(2);
            assert_eq!(barrier.wait_timeout(timeout), Err(BrokenBarrierError));
            barrier.reset();
            let_go.set();
            assert_eq!(leader.join().unwrap(), Err(BrokenBarrierError));
            assert_eq!(barrier.wait(), Ok(0));
        });
        assert!(format!("{barrier:?}").starts_with("Barrier { parties: 1, n_waiting: 0"));
    });
}

use crate::A_WHILE;
use executor_sync::Event;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;
use std::time::Duration;

#[test]
fn set_wakes_all_and_shows_what_came_before() {
    loom::model(|| {
        let shared = Arc::new((Event::new(), UnsafeCell::new(0)));
        let waiters: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.0.wait();
                    // SAFETY: the only write came before `set`, which loom checks.
                    shared.1.with(|value| assert_eq!(unsafe { *value }, 1));
                })
            })
            .collect();
        // SAFETY: nobody reads before `set`, which loom checks.
        shared.1.with_mut(|value| unsafe { *value = 1 });
        shared.0.set();
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
    });
}

/// Either the waiter came before `clear` and returns, or it came after and `set` comes again.
#[test]
fn a_clear_does_not_undo_a_wake() {
    loom::model(|| {
        let events = Arc::new((Event::new(), Event::new()));
        let waiter = Arc::clone(&events);
        let waiter = thread::spawn(move || {
            waiter.0.wait();
            waiter.1.set();
        });
        events.0.set();
        events.0.clear();
        if !events.1.wait_timeout(Duration::ZERO) {
            events.0.set();
        }
        events.1.wait();
        waiter.join().unwrap();
    });
}

#[test]
fn a_timed_wait_that_says_no_leaves_the_event_usable() {
    loom::model(|| {
        let event = Arc::new(Event::new());
        let timed = Arc::clone(&event);
        let timed = thread::spawn(move || timed.wait_timeout(A_WHILE));
        let waiter = Arc::clone(&event);
        let waiter = thread::spawn(move || waiter.wait());
        event.set();
        let _ = timed.join().unwrap();
        waiter.join().unwrap();
        assert!(event.wait_timeout(Duration::ZERO));
    });
}

/// A consumer that clears and then looks sees what was there before a `set` that changed nothing.
#[test]
fn clear_then_look_misses_nothing() {
    loom::model(|| {
        let shared = Arc::new((Event::new(), loom::sync::atomic::AtomicBool::new(false)));
        shared.0.set();
        let producer = Arc::clone(&shared);
        let producer = thread::spawn(move || {
            producer.1.store(true, std::sync::atomic::Ordering::Relaxed);
            producer.0.set();
        });
        shared.0.clear();
        if !shared.1.load(std::sync::atomic::Ordering::Relaxed) {
            shared.0.wait();
            assert!(shared.1.load(std::sync::atomic::Ordering::Relaxed));
        }
        producer.join().unwrap();
    });
}

use crate::watchdog::watched;
use executor_sync::Event;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn set_lets_all_go_on() {
    watched(|| {
        let (event, before, after) = (Event::new(), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    before.fetch_add(1, Ordering::Relaxed);
                    event.wait();
                    after.fetch_add(1, Ordering::Relaxed);
                });
            }
            while before.load(Ordering::Relaxed) < 8 {
                thread::yield_now();
            }
            assert_eq!(after.load(Ordering::Relaxed), 0);
            event.set();
        });
        assert_eq!(after.into_inner(), 8);
    });
}

#[test]
fn set_and_clear_are_idempotent() {
    let event = Event::default();
    assert_eq!(format!("{event:?}"), "Event { set: false, .. }");
    event.clear();
    assert!(!event.is_set());
    event.set();
    event.set();
    assert!(event.is_set() && event.wait_timeout(Duration::ZERO));
    event.clear();
    assert!(!event.wait_timeout(Duration::ZERO));
}

/// Two threads hand a turn to each other through two events; a missed set would hang.
#[test]
fn ping_pong() {
    watched(|| {
        let (ping, pong) = (Event::new(), Event::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..5_000 {
                    ping.wait();
                    ping.clear();
                    pong.set();
                }
            });
            for _ in 0..5_000 {
                ping.set();
                pong.wait();
                pong.clear();
            }
        });
    });
}

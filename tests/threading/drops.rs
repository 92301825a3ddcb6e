//! Whatever is dropped, and however badly: once, and nobody else notices.

use std::panic::panic_any;
use std::sync::mpsc;
use std::time::Duration;

use concurrent_futures::threading::{Thread, Timer};

use crate::pool::eventually;
use crate::tokens::{Ledger, Token};
use crate::watchdog::check;

/// Panics when it is dropped, having been counted.
struct Bomb {
    _token: Token,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the bomb goes off");
    }
}

fn bomb(ledger: &Ledger) -> Bomb {
    Bomb { _token: ledger.token() }
}

#[test]
fn a_closure_is_dropped_once_whether_it_runs_or_not() {
    check(|| {
        let ledger = Ledger::default();
        let token = ledger.token();
        drop(Thread::new(move || drop(token)));
        let token = ledger.token();
        let thread = Thread::new(move || drop(token));
        thread.start().unwrap();
        thread.join().unwrap();
        ledger.assert_settled();
        drop(thread);
        ledger.assert_settled();
    });
}

#[test]
fn a_result_is_dropped_with_the_last_who_could_take_it() {
    check(|| {
        let ledger = Ledger::default();
        let made = ledger.clone();
        let thread = Thread::new(move || made.token());
        thread.start().unwrap();
        thread.join().unwrap();
        assert_eq!(ledger.alive(), 1, "the handle keeps it");
        drop(thread);
        ledger.assert_settled();

        let (go, wait) = mpsc::channel::<()>();
        let token = ledger.token();
        let thread = Thread::new(move || (wait.recv().is_err(), token));
        thread.start().unwrap();
        drop(thread);
        drop(go);
        eventually(|| ledger.alive() == 0);
        ledger.assert_settled();
    });
}

#[test]
fn an_unstarted_closure_that_panics_when_dropped_harms_nobody() {
    check(|| {
        let ledger = Ledger::default();
        let bomb = bomb(&ledger);
        drop(Thread::new(move || drop(bomb)));
        ledger.assert_settled();
    });
}

#[test]
fn a_result_that_panics_when_dropped_harms_nobody() {
    check(|| {
        let ledger = Ledger::default();
        let kept = bomb(&ledger);
        let thread = Thread::new(move || kept);
        thread.start().unwrap();
        thread.join().unwrap();
        drop(thread);

        let (go, wait) = mpsc::channel::<()>();
        let forsaken = bomb(&ledger);
        let thread = Thread::new(move || {
            let _ = wait.recv();
            forsaken
        });
        thread.start().unwrap();
        let info = thread.ident();
        drop(thread);
        drop(go);
        let listed = |ident| {
            concurrent_futures::threading::enumerate().iter().any(|other| other.ident() == ident)
        };
        eventually(|| !listed(info));
        ledger.assert_settled();
    });
}

#[test]
fn a_payload_that_panics_when_dropped_harms_nobody() {
    check(|| {
        let ledger = Ledger::default();
        let payload = bomb(&ledger);
        let thread = Thread::new(move || -> () { panic_any(payload) });
        thread.start().unwrap();
        thread.join().unwrap();
        drop(thread);
        ledger.assert_settled();
        let payload = bomb(&ledger);
        let thread = Thread::new(move || -> () { panic_any(payload) });
        thread.start().unwrap();
        drop(thread.into_result().unwrap_err());
        ledger.assert_settled();
    });
}

#[test]
fn a_function_of_a_timer_is_dropped_once() {
    check(|| {
        let ledger = Ledger::default();
        let timer = |interval| {
            let token = ledger.token();
            Timer::new(interval, move || drop(token))
        };
        drop(timer(Duration::ZERO));
        let cancelled = timer(Duration::MAX);
        assert!(cancelled.cancel());
        ledger.assert_settled();
        let cancelled = timer(Duration::MAX);
        cancelled.start().unwrap();
        drop(timer(Duration::ZERO));
        assert_eq!(ledger.alive(), 1);
        assert!(cancelled.cancel());
        ledger.assert_settled();
        let fired = timer(Duration::ZERO);
        fired.start().unwrap();
        fired.join().unwrap();
        ledger.assert_settled();
    });
}

#[test]
fn a_function_of_a_timer_that_panics_when_dropped_harms_nobody() {
    check(|| {
        let ledger = Ledger::default();
        let timer = |interval| {
            let bomb = bomb(&ledger);
            Timer::new(interval, move || drop(bomb))
        };
        drop(timer(Duration::ZERO));
        assert!(timer(Duration::ZERO).cancel());
        let pending = timer(Duration::MAX);
        pending.start().unwrap();
        assert!(pending.cancel());
        pending.join().unwrap();
        let fired = timer(Duration::ZERO);
        fired.start().unwrap();
        fired.join().unwrap();
        ledger.assert_settled();
    });
}

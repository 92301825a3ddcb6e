//! Two threads that take two locks in opposite order are reported by the names of the locks.
#![cfg(all(feature = "deadlock-report", not(loom)))]

use executor_sync::deadlock::{DeadlockReport, on_deadlock};
use executor_sync::{Lock, Mutex, RLock};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Barrier, PoisonError};
use std::thread::{self, Builder};
use std::time::Duration;

/// One hook for the process, so one test at a time.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// Long enough for the other thread to come to wait, and the end of the deadlock it makes.
const A_WHILE: Duration = Duration::from_millis(300);

fn reports() -> Receiver<DeadlockReport> {
    let (report, reports) = channel();
    on_deadlock(move |found| drop(report.send(found.clone())));
    reports
}

#[test]
fn a_cycle_of_two_is_named() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let reports = reports();
    let (accounts, journal) = (Mutex::named("accounts", 0), Lock::named("journal"));
    let both_hold = Barrier::new(2);
    thread::scope(|scope| {
        let first = Builder::new().name("payer".into());
        let payer = || {
            let _accounts = accounts.lock();
            both_hold.wait();
            drop(journal.acquire_timeout(A_WHILE));
        };
        first.spawn_scoped(scope, payer).unwrap();
        let second = Builder::new().name("auditor".into());
        let auditor = || {
            let _journal = journal.acquire();
            both_hold.wait();
            drop(accounts.lock_timeout(A_WHILE));
        };
        second.spawn_scoped(scope, auditor).unwrap();
    });
    let report = reports.recv().unwrap();
    let mut waits: Vec<_> = report.cycle().iter().map(|w| (w.thread(), w.lock())).collect();
    waits.sort_unstable();
    assert_eq!(waits, [("auditor", "accounts"), ("payer", "journal")]);
    assert!(report.to_string().contains("thread payer waits for journal, held by auditor"));
    assert!(reports.try_recv().is_err(), "told once");
}

#[test]
fn a_thread_that_waits_for_itself_is_a_cycle_too() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let reports = reports();
    let lock = Lock::new();
    let _guard = lock.acquire();
    assert!(lock.acquire_timeout(Duration::from_millis(1)).is_none());
    let report = reports.recv().unwrap();
    assert_eq!(report.cycle().len(), 1);
    assert!(report.cycle()[0].lock().contains("deadlock_report.rs"), "{report}");
}

#[test]
fn order_and_levels_make_no_cycle() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let reports = reports();
    let (outer, inner) = (RLock::named("outer"), Lock::named("inner"));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let _levels = (outer.acquire(), outer.acquire());
                    drop(inner.acquire());
                }
            });
        }
    });
    assert!(reports.try_recv().is_err());
}

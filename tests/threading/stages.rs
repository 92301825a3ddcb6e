//! Never started, running and ended can be told apart; a thread is started once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier};
use std::thread;

use concurrent_futures::threading::{self, Thread, ThreadError, ThreadIdent};

use crate::watchdog::check;

/// What ident and liveness say of a thread.
fn stage<T: Send + 'static>(thread: &Thread<T>) -> &'static str {
    match (thread.ident(), thread.is_alive()) {
        (None, false) => "never started",
        (Some(_), true) => "running",
        (Some(_), false) => "ended",
        (None, true) => "alive without an ident",
    }
}

#[test]
fn the_three_stages_are_told_apart() {
    check(|| {
        let (go, wait) = mpsc::channel::<()>();
        let thread = Thread::new(move || wait.recv().is_err());
        assert_eq!((stage(&thread), thread.native_id()), ("never started", None));
        thread.start().unwrap();
        assert_eq!(stage(&thread), "running");
        let (ident, native) = (thread.ident(), thread.native_id());
        assert!(native.is_some());
        drop(go);
        thread.join().unwrap();
        assert_eq!(stage(&thread), "ended");
        assert_eq!((thread.ident(), thread.native_id()), (ident, native), "kept after the end");
    });
}

#[test]
fn the_thread_and_its_handle_agree_on_its_numbers() {
    check(|| {
        let own = || {
            let current = threading::current_thread();
            assert_eq!(current.ident(), Some(threading::get_ident()));
            assert_eq!(current.native_id(), Some(threading::get_native_id()));
            assert!(current.is_alive());
            (threading::get_ident(), threading::get_native_id())
        };
        let thread = Arc::new(Thread::new(own));
        thread.start().unwrap();
        let numbers = (thread.ident().unwrap(), thread.native_id().unwrap());
        thread.join().unwrap();
        let thread = Arc::into_inner(thread).unwrap();
        assert_eq!(thread.into_result().unwrap(), numbers);
        assert_ne!(numbers.0, threading::get_ident());
        assert_ne!(numbers.1, threading::get_native_id());
    });
}

#[test]
fn a_thread_is_started_once() {
    check(|| {
        let runs = Arc::new(AtomicUsize::new(0));
        let thread = Thread::with_args(
            |runs: Arc<AtomicUsize>| runs.fetch_add(1, Ordering::SeqCst),
            Arc::clone(&runs),
        );
        thread.start().unwrap();
        assert!(matches!(thread.start(), Err(ThreadError::AlreadyStarted)));
        thread.join().unwrap();
        let again = thread.start().unwrap_err();
        assert!(matches!(again, ThreadError::AlreadyStarted), "also when it has ended");
        assert!(again.to_string().contains("make a new one"), "{again}");
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn of_many_who_start_a_thread_one_does() {
    check(|| {
        for _ in 0..50 {
            let runs = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&runs);
            let thread = Thread::new(move || counted.fetch_add(1, Ordering::SeqCst));
            let together = Barrier::new(4);
            let started = thread::scope(|scope| {
                let start = || {
                    together.wait();
                    thread.start().is_ok()
                };
                let starts: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
                starts
                    .into_iter()
                    .filter(|_| true)
                    .map(|it| it.join().unwrap())
                    .filter(|ok| *ok)
                    .count()
            });
            assert_eq!(started, 1);
            thread.join().unwrap();
            assert_eq!(runs.load(Ordering::SeqCst), 1);
        }
    });
}

#[test]
fn idents_are_never_used_again() {
    check(|| {
        let mut idents: Vec<ThreadIdent> = (0..200)
            .map(|_| {
                let thread = Thread::new(|| ());
                thread.start().unwrap();
                thread.join().unwrap();
                thread.ident().unwrap()
            })
            .collect();
        assert!(idents.is_sorted(), "numbered in order of their starts");
        idents.dedup();
        assert_eq!(idents.len(), 200);
    });
}

/// One thread writes, the other reads after `join`, or sees `is_alive` false.
#[test]
fn what_a_thread_did_is_seen_by_who_saw_it_ended() {
    check(|| {
        for round in 0..100 {
            let cell = Arc::new(AtomicUsize::new(0));
            let written = Arc::clone(&cell);
            let thread = Thread::new(move || written.store(round + 1, Ordering::Relaxed));
            thread.start().unwrap();
            while thread.is_alive() {
                thread::yield_now();
            }
            assert_eq!(cell.load(Ordering::Relaxed), round + 1);
        }
    });
}

#[test]
fn a_handle_shows_its_stage_and_no_value() {
    check(|| {
        let thread = Thread::new(|| 7_u8).with_name("shown");
        assert_eq!(format!("{thread:?}"), "Thread<u8>(\"shown\", not started)");
        thread.start().unwrap();
        thread.join().unwrap();
        assert_eq!(format!("{thread:?}"), "Thread<u8>(\"shown\", ended)");
    });
}

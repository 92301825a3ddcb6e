//! The system refuses a thread: a `Thread` stays unstarted, and a timer too.
//!
//! A process of its own with a single test, for its limits are those of the process.
#![expect(unsafe_code, reason = "limits are set by C functions")]

use std::env;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use concurrent_futures::threading::{self, Thread, ThreadError, Timer};

#[path = "support/address_space.rs"]
mod address_space;
#[path = "support/watchdog.rs"]
mod watchdog;

use address_space::{Limit, STACK};
use watchdog::check;

/// The size of stacks that were given none, in bytes: timers' threads are such.
const USUAL: &str = "RUST_MIN_STACK";

#[test]
fn a_refused_start_changes_nothing() {
    if env::var_os(USUAL).is_none_or(|bytes| *bytes != *STACK.to_string()) {
        // std reads it once, before any test runs.
        let own = env::current_exe().expect("this test is a program");
        let again = Command::new(own).env(USUAL, STACK.to_string()).status();
        assert!(again.expect("it starts again").success());
        return;
    }
    check(|| {
        an_impossible_stack();
        a_refusal_that_passes();
        a_timer_without_a_thread();
        timers_without_further_threads();
    });
}

fn assert_refused(started: Result<(), ThreadError>) {
    match started {
        Err(ThreadError::Os(error)) => {
            assert!(error.raw_os_error().is_some(), "{error:?}");
            let told = ThreadError::Os(error).to_string();
            assert!(told.contains("refused") && told.contains("os error"), "{told}");
        }
        other => panic!("{other:?}"),
    }
}

fn an_impossible_stack() {
    for bytes in [1 << 46, usize::MAX, isize::MAX as usize] {
        let thread = Thread::new(|| ()).with_stack_size(bytes);
        assert_refused(thread.start());
        assert_refused(thread.start());
        assert!(thread.ident().is_none() && thread.native_id().is_none() && !thread.is_alive());
        assert!(matches!(thread.join(), Err(ThreadError::NotStarted)));
    }
}

fn a_refusal_that_passes() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let thread = Thread::new(move || counted.fetch_add(1, Ordering::SeqCst) + 1);
    let thread = thread.with_stack_size(STACK);
    let before = threading::active_count();
    let limit = Limit::set();
    assert_refused(thread.start());
    assert_eq!(Arc::strong_count(&runs), 2, "it still has its closure");
    assert_eq!(threading::active_count(), before);
    drop(limit);
    thread.start().unwrap();
    assert_eq!(thread.into_result().unwrap(), 1);
    assert_eq!((runs.load(Ordering::SeqCst), Arc::strong_count(&runs)), (1, 1));
}

fn a_timer_without_a_thread() {
    let (tell, told) = mpsc::channel();
    let timer = Timer::new(Duration::ZERO, move || tell.send(()).unwrap());
    let limit = Limit::set();
    assert_refused(timer.start());
    assert!(!timer.is_alive() && matches!(timer.join(), Err(ThreadError::NotStarted)));
    drop(limit);
    timer.start().unwrap();
    told.recv().unwrap();
    timer.join().unwrap();
}

/// The thread that keeps the time does the work if there is no other.
fn timers_without_further_threads() {
    let pending = Timer::new(Duration::from_secs(3600), || ());
    pending.start().unwrap();
    let limit = Limit::set();
    let (tell, told) = mpsc::channel();
    for number in 0..20 {
        let tell = tell.clone();
        let timer = Timer::new(Duration::from_micros(number), move || tell.send(()).unwrap());
        timer.start().unwrap();
    }
    drop(tell);
    assert_eq!(told.iter().count(), 20);
    drop(limit);
    assert!(pending.cancel());
}

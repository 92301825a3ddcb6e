//! Joining: by many, for a while, and when it makes no sense.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use concurrent_futures::threading::{Thread, ThreadError};

use crate::pool::pool;
use crate::watchdog::check;

/// A thread that runs until what is returned with it is dropped.
fn held() -> (Thread, mpsc::Sender<()>) {
    let (go, wait) = mpsc::channel::<()>();
    let thread = Thread::new(move || _ = wait.recv());
    thread.start().unwrap();
    (thread, go)
}

#[test]
fn a_thread_that_was_not_started_cannot_be_joined() {
    check(|| {
        let thread = Thread::new(|| ());
        let error = thread.join().unwrap_err();
        assert!(matches!(error, ThreadError::NotStarted));
        assert!(error.to_string().contains("call start() first"), "{error}");
        assert!(matches!(thread.join_timeout(Duration::ZERO), Err(ThreadError::NotStarted)));
        thread.start().unwrap();
        thread.join().unwrap();
    });
}

#[test]
fn a_thread_cannot_join_itself() {
    check(|| {
        let own: Arc<OnceLock<Thread<bool>>> = Arc::default();
        let inside = Arc::clone(&own);
        let thread = Thread::new(move || {
            let own = inside.wait();
            let untimed = matches!(own.join(), Err(ThreadError::CurrentThread));
            let timed = own.join_timeout(Duration::from_millis(1));
            untimed && matches!(timed, Err(ThreadError::CurrentThread))
        });
        own.set(thread).unwrap();
        own.get().unwrap().start().unwrap();
        own.get().unwrap().join().unwrap();
        let thread = Arc::into_inner(own).unwrap().into_inner().unwrap();
        assert!(thread.into_result().unwrap());
    });
}

#[test]
fn a_timed_join_says_whether_the_thread_has_ended() {
    check(|| {
        let (thread, go) = held();
        assert!(!thread.join_timeout(Duration::ZERO).unwrap());
        assert!(!thread.join_timeout(Duration::from_millis(5)).unwrap());
        assert!(thread.is_alive());
        drop(go);
        assert!(thread.join_timeout(Duration::MAX).unwrap());
        assert!(!thread.is_alive());
        assert!(thread.join_timeout(Duration::ZERO).unwrap());
        thread.join().unwrap();
    });
}

#[test]
fn many_join_one_thread_again_and_again() {
    check(|| {
        let (thread, go) = held();
        thread::scope(|scope| {
            for number in 0..16 {
                let thread = &thread;
                scope.spawn(move || {
                    match number % 2 {
                        0 => thread.join().unwrap(),
                        _ => assert!(thread.join_timeout(Duration::from_secs(3600)).unwrap()),
                    }
                    assert!(!thread.is_alive());
                    thread.join().unwrap();
                });
            }
            drop(go);
        });
    });
}

struct Late(Arc<AtomicBool>);

impl Drop for Late {
    fn drop(&mut self) {
        thread::yield_now();
        self.0.store(true, Ordering::SeqCst);
    }
}

std::thread_local! {
    static LATE: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) };
}

#[test]
fn a_join_waits_for_the_destructors_of_thread_locals() {
    check(|| {
        for _ in 0..50 {
            let dropped = Arc::new(AtomicBool::new(false));
            let late = Late(Arc::clone(&dropped));
            let thread = Thread::new(move || LATE.set(Some(late)));
            thread.start().unwrap();
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        thread.join().unwrap();
                        assert!(dropped.load(Ordering::SeqCst));
                    });
                }
            });
        }
    });
}

#[test]
fn a_panic_is_no_error_of_join() {
    check(|| {
        let thread = Thread::new(|| -> () { panic!("expected by the test") });
        thread.start().unwrap();
        thread.join().unwrap();
        assert!(!thread.is_alive());
        assert!(thread.into_result().is_err());
    });
}

/// The thread needs the pool, whose only worker waits for the thread.
#[test]
fn a_worker_that_joins_is_stood_in_for() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let joined = pool.spawn(move || {
            let thread = Thread::new(move || handle.spawn(|| 5).result().unwrap());
            thread.start().unwrap();
            thread.join().unwrap();
            thread.into_result().unwrap()
        });
        assert_eq!(joined.result().unwrap(), 5);
    });
}

#[test]
fn threads_start_and_join_threads() {
    fn descend(depth: u32) -> u32 {
        if depth == 0 {
            return 0;
        }
        let below = Thread::with_args(descend, depth - 1);
        below.start().unwrap();
        below.into_result().unwrap() + 1
    }
    check(|| assert_eq!(descend(30), 30));
}

#[test]
fn a_dropped_handle_lets_the_thread_run_on() {
    check(|| {
        let (tell, told) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let thread = Thread::new(move || {
            let _ = wait.recv();
            tell.send("still here").unwrap();
        });
        thread.start().unwrap();
        drop(thread);
        drop(go);
        assert_eq!(told.recv().unwrap(), "still here");
    });
}

//! The host program forks: threads and timers stay with the parent, and nobody waits for them.
//!
//! A process of its own with a single test, for a fork copies only the thread that forks, and
//! whatever lock another test held would stay locked in the child for good.
#![expect(unsafe_code, reason = "fork and what a child may do are C functions")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use concurrent_futures::threading::{self, Thread, ThreadError, Timer};
use concurrent_futures::{TaskErrorKind, ThreadPoolExecutor};

#[path = "support/fork.rs"]
#[expect(dead_code, reason = "this process needs only a part of it")]
mod fork;
#[path = "support/watchdog.rs"]
mod watchdog;

use fork::in_a_child;
use watchdog::check;

#[test]
fn a_forked_child_has_threads_of_its_own() {
    check(|| {
        before_anything_was_made();
        a_thread_of_the_parent();
        a_thread_that_was_not_started();
        timers_of_the_parent();
        who_is_there();
        a_fork_inside_a_thread();
        a_fork_inside_a_timer();
        forks_while_threads_come_and_go();
    });
}

fn held() -> (Thread<bool>, mpsc::Sender<()>) {
    let (go, wait) = mpsc::channel::<()>();
    let thread = Thread::new(move || wait.recv().is_err()).with_name("held");
    thread.start().unwrap();
    (thread, go)
}

/// Threads and timers of the child's own work.
fn all_is_well() {
    let thread = Thread::new(|| threading::current_thread().name()).with_name("own");
    thread.start().unwrap();
    assert_eq!(thread.into_result().unwrap(), "own");
    let (tell, told) = mpsc::channel();
    let timer = Timer::new(Duration::from_millis(1), move || tell.send(()).unwrap());
    timer.start().unwrap();
    told.recv().unwrap();
    timer.join().unwrap();
    threading::join_all();
}

fn before_anything_was_made() {
    in_a_child("nothing inherited", all_is_well);
}

fn a_thread_of_the_parent() {
    let (thread, go) = held();
    assert!(thread.native_id().is_some(), "it has begun");
    let mut thread = Some(thread);
    in_a_child("a thread of the parent", || {
        let thread = thread.take().expect("not taken yet");
        assert!(!thread.is_alive() && thread.ident().is_some() && thread.native_id().is_some());
        thread.join().unwrap();
        assert!(thread.join_timeout(Duration::ZERO).unwrap());
        assert!(matches!(thread.start(), Err(ThreadError::AlreadyStarted)));
        thread.set_name("renamed");
        assert_eq!(thread.name(), "renamed");
        assert_eq!(thread.into_result().unwrap_err().kind(), TaskErrorKind::Broken);
        threading::join_all();
        all_is_well();
    });
    let parents = thread.expect("the child took its own");
    in_a_child("dropping a thread of the parent", || {
        let (other, other_go) = held();
        drop(other_go);
        assert!(other.into_result().unwrap());
    });
    assert!(parents.is_alive());
    assert_eq!(parents.name(), "held");
    drop(go);
    assert!(parents.into_result().unwrap());

    let ended = Thread::new(|| 5);
    ended.start().unwrap();
    ended.join().unwrap();
    let mut ended = Some(ended);
    in_a_child("a thread that had ended", || {
        assert_eq!(ended.take().expect("not taken yet").into_result().unwrap(), 5);
    });
}

fn a_thread_that_was_not_started() {
    let thread = Thread::new(|| 6);
    let mut thread = Some(thread);
    in_a_child("a thread that was not started", || {
        let thread = thread.take().expect("not taken yet");
        thread.start().unwrap();
        assert!(thread.is_alive() || thread.join().is_ok());
        assert_eq!(thread.into_result().unwrap(), 6);
    });
    let thread = thread.expect("the child took its own");
    thread.start().unwrap();
    assert_eq!(thread.into_result().unwrap(), 6);
}

fn timers_of_the_parent() {
    let pending = Timer::new(Duration::from_secs(3600), || ());
    pending.start().unwrap();
    let unstarted = Timer::new(Duration::ZERO, || ());
    in_a_child("timers of the parent", || {
        assert!(!pending.is_alive() && !pending.cancel());
        pending.join().unwrap();
        assert!(pending.join_timeout(Duration::ZERO).unwrap());
        unstarted.start().unwrap();
        unstarted.join().unwrap();
        all_is_well();
    });
    assert!(pending.is_alive() && pending.cancel());
    pending.join().unwrap();
    assert!(unstarted.cancel());
}

fn who_is_there() {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    pool.spawn(|| ()).result().unwrap();
    let own = threading::current_thread();
    let former_main = threading::main_thread();
    in_a_child("who is there", || {
        let main = threading::main_thread();
        assert_eq!(threading::enumerate(), std::slice::from_ref(&main));
        assert_eq!(threading::active_count(), 1);
        assert_eq!(threading::current_thread(), main, "whoever forks is the main thread");
        assert_eq!((main.name().as_str(), main.ident()), ("MainThread", own.ident()));
        assert_eq!(main.native_id(), Some(threading::get_native_id()));
        assert!(main.is_alive() && own.is_alive());
        assert!(own == former_main || !former_main.is_alive());
    });
    assert!(threading::current_thread() == own && threading::main_thread() == former_main);
    assert!(threading::active_count() >= 2);
    pool.shutdown();
}

fn a_fork_inside_a_thread() {
    let (give, given) = mpsc::channel::<std::sync::Arc<Thread>>();
    let thread = std::sync::Arc::new(Thread::new(move || {
        let own = given.recv().unwrap();
        in_a_child("a fork inside a thread", || {
            assert!(own.is_alive(), "it is the one that lives");
            assert!(matches!(own.join(), Err(ThreadError::CurrentThread)));
            assert_eq!(threading::main_thread().ident(), own.ident());
            thread::scope(|scope| {
                let other = || assert!(matches!(own.join(), Err(ThreadError::Os(_))));
                scope.spawn(other).join().unwrap();
            });
            all_is_well();
        });
    }));
    thread.start().unwrap();
    give.send(std::sync::Arc::clone(&thread)).unwrap();
    thread.join().unwrap();
    let thread = std::sync::Arc::into_inner(thread).expect("the thread has let go of itself");
    thread.into_result().unwrap();
}

fn a_fork_inside_a_timer() {
    let (tell, told) = mpsc::channel();
    let timer = Timer::new(Duration::ZERO, move || {
        in_a_child("a fork inside a timer", all_is_well);
        tell.send(()).unwrap();
    });
    timer.start().unwrap();
    told.recv().expect("the child came to its end");
    timer.join().unwrap();
}

/// Whatever lock somebody held at the fork, the child does not wait for it.
fn forks_while_threads_come_and_go() {
    let stop = AtomicBool::new(false);
    let lasting = Thread::new(|| ());
    lasting.start().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let thread = Thread::new(threading::active_count);
                thread.start().unwrap();
                thread.set_name("renamed");
                assert!(thread.into_result().unwrap() > 0);
            }
        });
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let timer = Timer::new(Duration::from_micros(20), || ());
                timer.start().unwrap();
                lasting.set_name("another");
                timer.cancel();
                timer.join().unwrap();
            }
        });
        for _ in 0..12 {
            in_a_child("a fork in the midst of it", || {
                assert_eq!(threading::active_count(), 1);
                assert!(!lasting.name().is_empty());
                lasting.set_name("in the child");
                threading::set_excepthook(|_, _| ());
                all_is_well();
            });
        }
        stop.store(true, Ordering::Relaxed);
    });
}

//! The hook hears of the panics that nobody can look at any more, each once.
//!
//! A process of its own with a single test, for there is one hook for all.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use concurrent_futures::threading::{self, Thread, ThreadIdent, Timer};
use concurrent_futures::{ThreadPoolExecutor, wait};

#[path = "support/watchdog.rs"]
mod watchdog;

use watchdog::check;

/// What the hook was told: thread and message, whether the thread lived, and where the hook ran.
type Told = (String, String, bool, ThreadIdent);

#[test]
fn panics_that_nobody_joins_are_told() {
    check(|| {
        let (tell, told) = mpsc::channel();
        threading::set_excepthook(move |thread, panic| {
            let place = panic.location().unwrap_or_default();
            assert!(place.starts_with("tests/excepthook.rs"), "{place}");
            let lived = thread.is_alive();
            let message = panic.message().to_owned();
            tell.send((thread.name(), message, lived, threading::get_ident())).unwrap();
        });
        dropped_while_it_runs(&told);
        dropped_after_its_end(&told);
        panics_that_somebody_joins(&told);
        dropped_at_any_moment(&told);
        the_function_of_a_timer(&told);
        tasks_have_futures(&told);
        hooks_that_panic_or_set_a_hook();
        a_hook_is_replaced(&told);
    });
}

/// A thread that panics once what is returned with it is dropped.
fn panicking(name: &str) -> (Thread, mpsc::Sender<()>) {
    let (go, wait) = mpsc::channel::<()>();
    let thread = Thread::new(move || {
        let _ = wait.recv();
        panic!("expected by the test");
    });
    let thread = thread.with_name(name);
    thread.start().unwrap();
    (thread, go)
}

fn silent(told: &Receiver<Told>) -> bool {
    told.try_recv().is_err()
}

fn dropped_while_it_runs(told: &Receiver<Told>) {
    let (thread, go) = panicking("dropped");
    let ident = thread.ident().unwrap();
    drop(thread);
    drop(go);
    let expected = ("dropped".to_owned(), "expected by the test".to_owned(), true, ident);
    assert_eq!(told.recv().unwrap(), expected, "on the thread itself, which still lives");
    threading::join_all();
    assert!(silent(told));
}

fn dropped_after_its_end(told: &Receiver<Told>) {
    let (thread, go) = panicking("unseen");
    drop(go);
    while thread.is_alive() {
        thread::yield_now();
    }
    assert!(silent(told), "it could still be joined");
    drop(thread);
    let (name, _, lived, place) = told.try_recv().expect("the hook runs where it is dropped");
    assert_eq!((name.as_str(), lived, place), ("unseen", false, threading::get_ident()));
}

fn panics_that_somebody_joins(told: &Receiver<Told>) {
    let (thread, go) = panicking("joined");
    drop(go);
    thread.join().unwrap();
    drop(thread);
    let (thread, go) = panicking("joined in time");
    assert!(!thread.join_timeout(Duration::ZERO).unwrap());
    drop(go);
    assert!(thread.join_timeout(Duration::MAX).unwrap());
    drop(thread);
    let (thread, go) = panicking("taken");
    drop(go);
    assert!(thread.into_result().is_err());
    let calm = Thread::new(|| ());
    calm.start().unwrap();
    drop(calm);
    threading::join_all();
    assert!(silent(told));
}

/// Whoever is faster: it is told once.
fn dropped_at_any_moment(told: &Receiver<Told>) {
    const ROUNDS: usize = 200;
    for round in 0..ROUNDS {
        let (thread, go) = panicking("raced");
        drop(go);
        for _ in 0..round % 8 {
            thread::yield_now();
        }
        drop(thread);
    }
    threading::join_all();
    assert_eq!(told.try_iter().filter(|told| told.0 == "raced").count(), ROUNDS);
}

fn the_function_of_a_timer(told: &Receiver<Told>) {
    let timer = Timer::new(Duration::ZERO, || panic!("late"));
    timer.start().unwrap();
    timer.join().unwrap();
    let (name, message, lived, _) = told.try_recv().expect("it was told before join() returned");
    assert!(name.starts_with("Timer-") && message == "late" && lived, "{name}: {message}");
    let cancelled = Timer::new(Duration::MAX, || panic!("never"));
    cancelled.start().unwrap();
    cancelled.cancel();
    assert!(silent(told));
}

fn tasks_have_futures(told: &Receiver<Told>) {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    let future = pool.spawn(|| panic!("in a task"));
    wait([&future], concurrent_futures::ReturnWhen::AllCompleted);
    drop(future);
    pool.shutdown();
    assert!(silent(told));
}

fn hooks_that_panic_or_set_a_hook() {
    threading::set_excepthook(|_, _| panic!("the hook panics too"));
    let (thread, go) = panicking("twice");
    drop(thread);
    drop(go);
    threading::join_all();
    let (thread, go) = panicking("twice, elsewhere");
    drop(go);
    while thread.is_alive() {
        thread::yield_now();
    }
    drop(thread);
    threading::set_excepthook(|_, _| threading::set_excepthook(|_, _| ()));
    let (thread, go) = panicking("sets another");
    drop(thread);
    drop(go);
    threading::join_all();
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a hook that panics when it is dropped");
    }
}

fn a_hook_is_replaced(old: &Receiver<Told>) {
    assert_eq!(old.recv(), Err(mpsc::RecvError), "a hook that was replaced is dropped");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let bomb = Bomb;
    threading::set_excepthook(move |_, _| _ = &bomb);
    let noted = Arc::clone(&heard);
    threading::set_excepthook(move |thread, _| noted.lock().unwrap().push(thread.name()));
    let (thread, go) = panicking("last");
    drop(thread);
    drop(go);
    threading::join_all();
    assert_eq!(*heard.lock().unwrap(), ["last"]);
}

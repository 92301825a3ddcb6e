//! How many threads there are: the numbers of the tutorial, and one thread for all timers.
//!
//! A process of its own with a single test, for others would count as well.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use concurrent_futures::ThreadPoolExecutor;
use concurrent_futures::threading::{self, Thread, Timer};

#[path = "support/watchdog.rs"]
mod watchdog;

use watchdog::check;

#[test]
fn threads_are_counted() {
    check(|| {
        // The harness runs this on a thread that it has made.
        let harness = usize::from(threading::current_thread() != threading::main_thread());
        let alone = tasks();
        active_threads(1 + harness);
        numbers_in_names();
        workers(1 + harness);
        thousands_of_timers(alone);
        timers_that_never_come(alone);
        everybody_is_joined(1 + harness);
        waiting_for_all_at_once();
        what_is_left_of_a_thread(alone);
    });
}

/// How many threads the system counts.
fn tasks() -> usize {
    fs::read_dir("/proc/self/task").expect("this test needs /proc").count()
}

/// Waits for something that has no event of its own; the watchdog bounds it.
fn eventually(happened: impl Fn() -> bool) {
    while !happened() {
        thread::yield_now();
    }
}

fn held() -> (Thread, mpsc::Sender<()>) {
    let (go, wait) = mpsc::channel::<()>();
    let thread = Thread::new(move || _ = wait.recv());
    thread.start().unwrap();
    (thread, go)
}

fn active_threads(before: usize) {
    assert_eq!(threading::active_count(), before);
    let unstarted = Thread::new(|| ());
    assert_eq!(threading::active_count(), before, "made is not active");
    let threads: Vec<_> = (0..3).map(|_| held()).collect();
    assert_eq!(threading::active_count(), before + 3);
    for (thread, go) in threads {
        drop(go);
        thread.join().unwrap();
    }
    assert_eq!(threading::active_count(), before);
    assert_eq!(threading::enumerate().len(), before);
    drop(unstarted);
}

fn numbers_in_names() {
    let name = |thread: &Thread| thread.name();
    let first = Thread::new(|| ());
    let number: u64 = name(&first).strip_prefix("Thread-").unwrap().parse().unwrap();
    let given = Thread::new(|| ()).with_name("given").with_name("again");
    let second = Thread::new(|| ());
    assert_eq!(name(&given), "again");
    assert_eq!(name(&second), format!("Thread-{}", number + 1), "a given name uses no number up");
}

fn workers(before: usize) {
    let pool = ThreadPoolExecutor::new(1).unwrap();
    assert_eq!(threading::active_count(), before, "a new pool has no threads");
    pool.spawn(|| ()).result().unwrap();
    assert_eq!(threading::active_count(), before + 1);
    pool.shutdown();
    assert_eq!(threading::active_count(), before);
}

const MANY: usize = 10_000;

/// Begins when only those are left that the system counted at first: for a moment it also counts a
/// thread that has been joined.
fn thousands_of_timers(alone: usize) {
    eventually(|| tasks() == alone);
    let ran = Arc::new(AtomicUsize::new(0));
    let timers = |interval: fn(u64) -> Duration| -> Vec<Timer> {
        let timer = |number| {
            let ran = Arc::clone(&ran);
            Timer::new(interval(number), move || _ = ran.fetch_add(1, Ordering::SeqCst))
        };
        (0..MANY as u64).map(timer).collect()
    };
    let pending = timers(|number| Duration::from_secs(3600 + number));
    pending.iter().for_each(|timer| timer.start().unwrap());
    assert_eq!(tasks(), alone + 1);
    assert!(pending.iter().all(Timer::cancel));
    pending.iter().for_each(|timer| timer.join().unwrap());
    // Without a timer there is no thread for timers.
    eventually(|| tasks() == alone);
    assert_eq!((ran.load(Ordering::SeqCst), Arc::strong_count(&ran)), (0, 1));

    let firing = timers(Duration::from_micros);
    firing.iter().for_each(|timer| timer.start().unwrap());
    firing.iter().for_each(|timer| timer.join().unwrap());
    assert_eq!(ran.load(Ordering::SeqCst), MANY);
    eventually(|| tasks() == alone && Arc::strong_count(&ran) == 1);
}

fn timers_that_never_come(alone: usize) {
    let timers: Vec<Timer> = (0..MANY).map(|_| Timer::new(Duration::MAX, || ())).collect();
    timers.iter().for_each(|timer| timer.start().unwrap());
    assert_eq!(tasks(), alone, "nobody has to wait for what never comes");
    assert!(timers.iter().all(Timer::cancel));
}

fn everybody_is_joined(before: usize) {
    let ran = Arc::new(AtomicUsize::new(0));
    fn start(ran: Arc<AtomicUsize>, depth: u32) {
        let thread = Thread::new(move || {
            if depth > 0 {
                start(Arc::clone(&ran), depth - 1);
                start(Arc::clone(&ran), depth - 1);
            }
            ran.fetch_add(1, Ordering::SeqCst);
        });
        thread.start().unwrap();
    }
    start(Arc::clone(&ran), 5);
    threading::join_all();
    assert_eq!(ran.load(Ordering::SeqCst), 63, "also those that were started meanwhile");
    assert_eq!(threading::active_count(), before);
    threading::join_all();
}

/// Two that wait for everybody, and hence for each other.
fn waiting_for_all_at_once() {
    for _ in 0..100 {
        let threads = [(); 3].map(|()| Thread::new(threading::join_all));
        let other = Thread::new(|| ());
        threads.iter().for_each(|thread| thread.start().unwrap());
        other.start().unwrap();
        threading::join_all();
        assert!(threads.iter().all(|thread| !thread.is_alive()) && !other.is_alive());
    }
}

/// What this process has mapped, in bytes.
fn address_space() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").expect("this test needs /proc");
    text.split(' ').next().expect("it has a first number").parse::<u64>().unwrap() * 4096
}

/// Whoever keeps what is known of a thread keeps no stack, whether the handle went before or after
/// the end.
fn what_is_left_of_a_thread(alone: usize) {
    const STACK: usize = 64 << 20;
    let started = |early: bool| {
        let (tell, told) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let thread = Thread::new(move || {
            tell.send(threading::current_thread()).unwrap();
            let _ = wait.recv();
        });
        let thread = thread.with_stack_size(STACK);
        thread.start().unwrap();
        let info = told.recv().unwrap();
        let kept = (!early).then_some(thread);
        drop(go);
        eventually(|| !info.is_alive());
        drop(kept);
        info
    };
    let before = address_space();
    let infos: Vec<_> = (0..100).map(|number| started(number % 2 == 0)).collect();
    eventually(|| tasks() == alone);
    assert!(address_space() < before + 20 * STACK as u64, "most of a hundred stacks are left");
    assert!(infos.iter().all(|info| !info.is_alive() && info.ident().is_some()));
}

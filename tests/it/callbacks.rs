//! Callbacks: once each, in the order added, before anybody who waits wakes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread::{self, ThreadId};

use concurrent_futures::{Future, SharedFuture, TaskErrorKind, promise};

use crate::pool::{hold, hold_then, pool};
use crate::watchdog::check;

/// What callbacks have noted, in the order they ran.
type Notes = Arc<Mutex<Vec<&'static str>>>;

fn note(notes: &Notes, what: &'static str) -> impl FnOnce() + Send + 'static {
    let notes = Arc::clone(notes);
    move || notes.lock().unwrap().push(what)
}

#[test]
fn callbacks_run_once_each_in_the_order_added() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let order = Arc::new(Mutex::new(Vec::new()));
        for number in 0..10 {
            let order = Arc::clone(&order);
            held.future.add_done_callback(move |_| order.lock().unwrap().push(number));
        }
        held.release().result().unwrap();
        assert_eq!(*order.lock().unwrap(), (0..10).collect::<Vec<_>>());
    });
}

#[test]
fn callbacks_see_the_result() {
    check(|| {
        let pool = pool(1);
        let (seen, sees) = mpsc::channel();
        let held = hold_then(&pool, || 5);
        held.future.add_done_callback(move |result| seen.send(result.copied().ok()).unwrap());
        held.release();
        assert_eq!(sees.recv().unwrap(), Some(5));
    });
}

#[test]
fn callbacks_see_the_error() {
    check(|| {
        let (seen, sees) = mpsc::channel();
        let (promise, future) = promise::<()>();
        future.add_done_callback(move |result| seen.send(result.unwrap_err().kind()).unwrap());
        drop(promise);
        assert_eq!(sees.recv().unwrap(), TaskErrorKind::Abandoned);
    });
}

#[test]
fn every_callback_has_run_when_the_result_is_there() {
    check(|| {
        let pool = pool(2);
        for _ in 0..1000 {
            let (release, released) = mpsc::channel::<()>();
            let ran = Arc::new(AtomicUsize::new(0));
            let future = pool.spawn(move || released.recv().is_err());
            for _ in 0..3 {
                let ran = Arc::clone(&ran);
                future.add_done_callback(move |_| {
                    thread::yield_now();
                    ran.fetch_add(1, Ordering::Relaxed);
                });
            }
            drop(release);
            assert!(future.result().unwrap());
            assert_eq!(ran.load(Ordering::Relaxed), 3);
        }
    });
}

fn thread_of_callback(future: &Future<()>) -> mpsc::Receiver<ThreadId> {
    let (seen, sees) = mpsc::channel();
    future.add_done_callback(move |_| seen.send(thread::current().id()).unwrap());
    sees
}

#[test]
fn callbacks_run_on_the_worker_that_finished_the_task() {
    check(|| {
        let pool = pool(1);
        let worker = pool.spawn(|| thread::current().id()).result().unwrap();
        let held = hold(&pool);
        let callback = thread_of_callback(&held.future);
        held.release();
        assert_eq!(callback.recv().unwrap(), worker);
    });
}

#[test]
fn callbacks_run_on_the_thread_that_cancels() {
    check(|| {
        let pool = pool(1);
        let _held = hold(&pool);
        let future = pool.spawn(|| ());
        let callback = thread_of_callback(&future);
        assert!(future.cancel());
        assert_eq!(callback.try_recv(), Ok(thread::current().id()), "cancel has run it already");
        assert!(future.cancel());
        assert!(callback.try_recv().is_err(), "a second cancel runs nothing again");
    });
}

#[test]
fn a_callback_added_after_completion_runs_at_once_on_the_adder() {
    check(|| {
        let pool = pool(1);
        let future = pool.spawn(|| ());
        future.wait();
        let callback = thread_of_callback(&future);
        assert_eq!(callback.try_recv(), Ok(thread::current().id()));
    });
}

/// One callback notes and adds another that notes as well.
fn nest(shared: &SharedFuture<()>, notes: &Notes) {
    let (outer, inner) = (note(notes, "second"), note(notes, "nested"));
    let again = shared.clone();
    shared.add_done_callback(move |_| {
        outer();
        again.add_done_callback(move |_| inner());
    });
}

#[test]
fn a_callback_added_by_a_callback_runs_at_once() {
    check(|| {
        let notes = Notes::default();
        let (promise, future) = promise::<()>();
        let shared = future.shared();
        let (first, last) = (note(&notes, "first"), note(&notes, "last"));
        shared.add_done_callback(move |_| first());
        nest(&shared, &notes);
        shared.add_done_callback(move |_| last());
        promise.set_result(()).unwrap();
        assert_eq!(*notes.lock().unwrap(), ["first", "second", "nested", "last"]);
    });
}

#[test]
fn the_future_is_done_from_the_first_callback_on() {
    check(|| {
        let pool = pool(1);
        let (future, release) = hold_then(&pool, || 8).into_parts();
        let future = future.shared();
        let (seen, sees) = mpsc::channel();
        let inside = future.clone();
        future.add_done_callback(move |_| {
            let peeked = inside.peek().map(|result| *result.unwrap());
            seen.send((inside.done(), inside.cancelled(), peeked)).unwrap();
        });
        drop(release);
        assert_eq!(sees.recv().unwrap(), (true, false, Some(8)));
    });
}

/// A future whose first callback has begun and goes on until the sender is dropped.
fn in_its_callback(
    pool: &concurrent_futures::ThreadPoolExecutor,
) -> (Future<u8>, mpsc::Sender<()>) {
    let (enter, entered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let held = hold_then(pool, || 1);
    held.future.add_done_callback(move |_| {
        enter.send(()).unwrap();
        let _ = released.recv();
    });
    let future = held.release();
    entered.recv().unwrap();
    (future, release)
}

#[test]
fn while_callbacks_run_the_result_is_seen_but_not_given() {
    check(|| {
        let pool = pool(1);
        let (future, release) = in_its_callback(&pool);
        assert!(future.done() && !future.running());
        assert!(future.peek().is_none(), "a result need not be Sync, and a callback has it");
        assert!(!future.cancel());
        let future = future.try_result().expect_err("its callback still runs");
        drop(release);
        assert_eq!(future.result().unwrap(), 1);
    });
}

#[test]
fn a_panic_in_a_callback_stops_neither_the_next_nor_the_worker() {
    check(|| {
        let pool = pool(1);
        let notes = Notes::default();
        let held = hold_then(&pool, || 2);
        let next = note(&notes, "next");
        held.future.add_done_callback(|_| panic!("in a callback"));
        held.future.add_done_callback(move |_| next());
        assert_eq!(held.release().result().unwrap(), 2);
        assert_eq!(*notes.lock().unwrap(), ["next"]);
        assert_eq!(pool.spawn(|| 3).result().unwrap(), 3);
    });
}

#[test]
fn a_panic_in_a_callback_does_not_reach_who_cancels_or_adds() {
    check(|| {
        let pool = pool(1);
        let _held = hold(&pool);
        let future = pool.spawn(|| ());
        future.add_done_callback(|_| panic!("not for the canceller"));
        assert!(future.cancel());
        future.add_done_callback(|_| panic!("not for the adder"));
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
    });
}

#[test]
fn a_callback_may_submit_more_work() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let (send, receive) = mpsc::channel();
        pool.spawn(|| 1).add_done_callback(move |result| {
            let number = *result.unwrap();
            send.send(handle.spawn(move || number + 1)).unwrap();
        });
        assert_eq!(receive.recv().unwrap().result().unwrap(), 2);
    });
}

#[test]
fn a_callback_may_wait_for_work_of_its_own_pool() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let (send, receive) = mpsc::channel();
        let held = hold(&pool);
        held.future.add_done_callback(move |_| {
            send.send(handle.spawn(|| 4).result().unwrap()).unwrap();
        });
        held.release();
        assert_eq!(receive.recv().unwrap(), 4);
    });
}

/// Waiters wake after the callbacks, so a callback that waits for its own future would wait for
/// itself; it may be told so by a panic or be let through, but it may not hang.
#[test]
fn a_callback_that_waits_for_its_own_future_does_not_hang() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let queued = pool.spawn(|| ()).shared();
        let inside = queued.clone();
        queued.add_done_callback(move |_| inside.wait());
        held.release();
        queued.wait();
        let (promise, future) = promise::<()>();
        let outside = future.shared();
        let inside = outside.clone();
        outside.add_done_callback(move |_| inside.wait());
        promise.set_result(()).unwrap();
        outside.wait();
    });
}

#[test]
fn a_callback_added_while_the_task_finishes_runs_once() {
    check(|| {
        let pool = pool(1);
        for _ in 0..500 {
            let start = Arc::new(Barrier::new(2));
            let ran = Arc::new(AtomicUsize::new(0));
            let inside = Arc::clone(&start);
            let future = pool.spawn(move || _ = inside.wait());
            start.wait();
            for _ in 0..4 {
                let ran = Arc::clone(&ran);
                future.add_done_callback(move |_| _ = ran.fetch_add(1, Ordering::Relaxed));
            }
            future.wait();
            pool.spawn(|| ()).wait();
            assert_eq!(ran.load(Ordering::Relaxed), 4);
        }
    });
}

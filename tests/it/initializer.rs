//! The initializer: once per worker, before its first task; when it fails the pool is broken.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use concurrent_futures::{TaskErrorKind, ThreadPoolBuilder, ThreadPoolExecutor};

use crate::pool::{hold, hold_all};
use crate::watchdog::check;

fn builder(max_workers: usize) -> ThreadPoolBuilder {
    ThreadPoolExecutor::builder().max_workers(max_workers)
}

fn failing() -> ThreadPoolExecutor {
    builder(2).initializer(|| Err(io::Error::other("no licence"))).build().unwrap()
}

/// A pool whose initializer fails once the receiver's other end is dropped.
fn failing_later() -> (ThreadPoolExecutor, Sender<()>) {
    let (open, opened) = mpsc::channel::<()>();
    let opened = Mutex::new(opened);
    let wait_and_fail = move || {
        let _ = opened.lock().unwrap().recv();
        Err(io::Error::other("no licence"))
    };
    (builder(1).initializer(wait_and_fail).build().unwrap(), open)
}

#[test]
fn it_runs_once_on_each_worker_before_the_first_task() {
    thread_local! {
        static READY: Cell<bool> = const { Cell::new(false) };
    }
    check(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let initialize = move || {
            counter.fetch_add(1, Ordering::SeqCst);
            READY.set(true);
            Ok::<(), io::Error>(())
        };
        let pool = builder(3).initializer(initialize).build().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 0, "no worker has started");
        drop(hold_all(&pool, 3));
        let ready: Vec<_> = (0..100).map(|_| pool.spawn(|| READY.get())).collect();
        assert!(ready.into_iter().all(|future| future.result().unwrap()));
        assert_eq!(count.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn its_failure_breaks_the_pool_and_names_the_cause() {
    check(|| {
        let pool = failing();
        let error = pool.spawn(|| ()).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Broken);
        assert!(error.to_string().contains("no licence"), "{error}");
        let later = pool.submit(|n: i32| n, 1).result().unwrap_err();
        assert_eq!(later.kind(), TaskErrorKind::Broken);
        assert!(later.to_string().contains("no licence"), "{later}");
    });
}

#[test]
fn its_panic_does_the_same() {
    check(|| {
        let initialize = || -> io::Result<()> { panic!("no driver") };
        let pool = builder(1).initializer(initialize).build().unwrap();
        let error = pool.spawn(|| ()).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Broken);
        assert!(error.to_string().contains("no driver"), "{error}");
    });
}

/// CPython strands everything that is queued behind a cancelled future.
#[test]
fn everything_queued_is_finished_also_behind_a_cancelled_task() {
    check(|| {
        let (pool, open) = failing_later();
        let futures: Vec<_> = (0..6).map(|number| pool.spawn(move || number)).collect();
        assert!(futures[2].cancel());
        drop(open);
        let kinds = futures.into_iter().map(|future| future.result().unwrap_err().kind());
        for (index, kind) in kinds.enumerate() {
            let expected =
                if index == 2 { TaskErrorKind::Cancelled } else { TaskErrorKind::Broken };
            assert_eq!(kind, expected, "task {index}");
        }
    });
}

#[test]
fn a_broken_pool_still_answers_every_call() {
    check(|| {
        let pool = failing();
        pool.spawn(|| ()).wait();
        let Ok(future) = pool.try_spawn(|| ()) else { panic!("broken is not full") };
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Broken);
        let handled = pool.handle().spawn(|| ());
        assert_eq!(handled.result().unwrap_err().kind(), TaskErrorKind::Broken);
        let first = pool.map(|n: i32| n, 0..3).next().unwrap();
        assert_eq!(first.unwrap_err().kind(), TaskErrorKind::Broken);
        let ends: Vec<_> = pool.map(|n: i32| n, 0..3).collect();
        assert!(!ends.is_empty() && ends.iter().all(Result::is_err));
        let scoped = pool.scope(|scope| scope.spawn(|| ()).result().unwrap_err().kind());
        assert_eq!(scoped, TaskErrorKind::Broken);
        let stats = pool.stats();
        assert_eq!((stats.queued, stats.running), (0, 0));
        pool.shutdown();
        pool.shutdown();
    });
}

/// The first worker is fine, the second is not.
fn second_worker_fails() -> ThreadPoolExecutor {
    let started = AtomicUsize::new(0);
    let initialize = move || match started.fetch_add(1, Ordering::SeqCst) {
        0 => Ok(()),
        _ => Err(io::Error::other("only one")),
    };
    builder(2).initializer(initialize).build().unwrap()
}

#[test]
fn a_task_that_runs_is_not_touched() {
    check(|| {
        let pool = second_worker_fails();
        let held = hold(&pool);
        let refused = pool.spawn(|| 1);
        assert_eq!(refused.result().unwrap_err().kind(), TaskErrorKind::Broken);
        held.release().result().expect("it had begun");
        assert_eq!(pool.spawn(|| 1).result().unwrap_err().kind(), TaskErrorKind::Broken);
    });
}

#[test]
fn those_who_wait_for_room_are_told() {
    check(|| {
        let (open, opened) = mpsc::channel::<()>();
        let opened: Mutex<Receiver<()>> = Mutex::new(opened);
        let initialize = move || {
            let _ = opened.lock().unwrap().recv();
            Err(io::Error::other("no licence"))
        };
        let pool = builder(1).queue_capacity(1).initializer(initialize).build().unwrap();
        let queued = pool.spawn(|| ());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.spawn(|| ()).result().unwrap_err().kind());
            drop(open);
            assert_eq!(waiting.join().unwrap(), TaskErrorKind::Broken);
        });
        assert_eq!(queued.result().unwrap_err().kind(), TaskErrorKind::Broken);
    });
}

#[test]
fn a_shutdown_while_it_runs_waits_for_its_end() {
    check(|| {
        let (pool, open) = failing_later();
        let future = pool.spawn(|| ());
        std::thread::scope(|scope| {
            scope.spawn(|| pool.shutdown());
            drop(open);
        });
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Broken);
    });
}

/// The spare that should stand in fails, which breaks the pool; the blocked task is not touched.
#[test]
fn a_spare_fails_like_any_worker() {
    check(|| {
        let started = AtomicUsize::new(0);
        let initialize = move || match started.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(()),
            _ => Err(io::Error::other("only one")),
        };
        let pool = builder(1).initializer(initialize).build().unwrap();
        let (promise, promised) = concurrent_futures::promise::<()>();
        let blocked = crate::pool::hold_then(&pool, move || promised.result().is_ok()).release();
        let queued = pool.spawn(|| 1);
        assert_eq!(queued.result().unwrap_err().kind(), TaskErrorKind::Broken);
        promise.set_result(()).unwrap();
        assert!(blocked.result().unwrap());
        pool.shutdown();
    });
}

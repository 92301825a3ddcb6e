//! The host program forks: the child's copy of a pool is inert, says so, and never hangs.
//!
//! A process of its own with a single test, for a fork copies only the thread that forks, and
//! whatever lock another test held would stay locked in the child for good.
#![expect(unsafe_code, reason = "fork and what a child may do are C functions")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    Future, ReturnWhen, Shutdown, TaskErrorKind, ThreadPoolExecutor, as_completed, wait,
};

#[path = "support/fork.rs"]
mod fork;
#[path = "support/pool.rs"]
#[expect(dead_code, reason = "this process needs only a part of it")]
mod pool;
#[path = "support/watchdog.rs"]
mod watchdog;

use fork::{in_a_child, kind_of};
use futures::StreamExt;
use futures::executor::block_on;
use pool::{hold, pool};
use watchdog::check;

#[test]
fn a_forked_child_finds_its_parents_pool_inert() {
    check(|| {
        let pool = pool(2);
        let held = hold(&pool);
        pool.spawn(|| ()).result().unwrap();
        submitting_to_the_parents_pool(&pool);
        ending_the_parents_pool();
        waiting_for_the_parents_futures(&pool);
        a_pool_of_ones_own();
        a_pool_never_used_before_the_fork();
        forks_while_everybody_is_busy();
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1, "the parent is as it was");
        held.release().result().unwrap();
        pool.shutdown();
    });
}

fn submitting_to_the_parents_pool(pool: &ThreadPoolExecutor) {
    in_a_child("submit", || {
        assert_eq!(kind_of(pool.spawn(|| ())), TaskErrorKind::Broken);
        assert_eq!(kind_of(pool.submit(|n: i32| n, 1)), TaskErrorKind::Broken);
        assert_eq!(kind_of(pool.handle().spawn(|| ())), TaskErrorKind::Broken);
        let tried = pool.try_spawn(|| ()).map_err(|_| "handed back").unwrap();
        assert_eq!(kind_of(tried), TaskErrorKind::Broken);
        let told = pool.spawn(|| ()).result().unwrap_err().to_string();
        assert!(told.contains("fork"), "{told}");
        assert!(pool.map(|n: i32| n, 0..5).all(|item| item.is_err()));
        let scoped = pool.scope(|scope| scope.spawn(|| ()).result().unwrap_err().kind());
        assert_eq!(scoped, TaskErrorKind::Broken);
        let _ = pool.stats();
    });
}

fn ending_the_parents_pool() {
    for (name, end) in ENDS {
        let parents = pool(2);
        let held = hold(&parents);
        let mut parents = Some(parents);
        in_a_child(name, || end(parents.take().expect("not taken yet")));
        held.release().result().unwrap();
        assert_eq!(parents.expect("the child took its own").spawn(|| 1).result().unwrap(), 1);
    }
}

/// A way to end a pool, and its name.
type End = (&'static str, fn(ThreadPoolExecutor));

const ENDS: [End; 5] = [
    ("drop", drop),
    ("shutdown", |pool| pool.shutdown()),
    ("shutdown without waiting", |pool| {
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
    }),
    ("shutdown with a deadline", |pool| _ = pool.shutdown_timeout(Duration::from_secs(3600))),
    ("spawn after shutdown", |pool| {
        pool.shutdown();
        assert!(pool.spawn(|| ()).result().is_err());
    }),
];

/// Where a wait has no error to return it panics, and says why; it does not hang.
fn assert_refused<T>(wait: impl FnOnce() -> T) {
    let payload = catch_unwind(AssertUnwindSafe(wait)).map(drop).unwrap_err();
    let text = payload.downcast_ref::<String>().expect("a panic with a message");
    assert!(text.contains("fork"), "{text}");
}

fn waiting_for_the_parents_futures(pool: &ThreadPoolExecutor) {
    let (running, release) = hold(pool).into_parts();
    let queued: Vec<Future<i32>> = (0..16).map(|number| pool.spawn(move || number)).collect();
    let mut queued = queued.into_iter();
    let mut next = || queued.next().expect("there are enough");
    let future = next();
    in_a_child("result", || assert!(future.result().is_err()));
    let future = next();
    in_a_child("exception", || assert_refused(|| future.exception().is_some()));
    let future = next();
    in_a_child("await", || assert!(block_on(future).is_err()));
    let future = next();
    in_a_child("shared", || assert_refused(|| future.shared().result().is_err()));
    let future = next();
    in_a_child("wait", || assert_refused(|| wait([future], ReturnWhen::AllCompleted)));
    let future = next();
    in_a_child("as_completed", || assert_refused(|| as_completed([future]).next()));
    let completed = as_completed([next()]);
    in_a_child("as_completed of before", || assert_refused(|| completed.last()));
    let stream = as_completed([next()]).into_stream();
    in_a_child("stream", || assert_refused(|| block_on(stream.count())));
    let map = pool.map(|number: i32| number, 0..9).start();
    in_a_child("map", || assert!(map.into_iter().all(|item| item.is_err())));
    let future = next();
    in_a_child("result with a deadline", || {
        assert!(
            future.result_timeout(Duration::from_secs(3600)).is_ok_and(|result| result.is_err())
        );
    });
    let future = next();
    in_a_child("cancel", || _ = future.cancel());
    let future = next();
    in_a_child("drop of a future", || drop(future));
    in_a_child("result of a running task", || assert!(running.result().is_err()));
    drop(release);
}

fn a_pool_of_ones_own() {
    in_a_child("a new pool", || {
        let own = pool(2);
        let handle = own.handle();
        assert_eq!(own.spawn(|| 2).result().unwrap(), 2);
        assert!(own.map(|n: i32| n, 0..50).map(Result::unwrap).eq(0..50));
        let nested = own.spawn(move || handle.spawn(|| 3).result().unwrap());
        assert_eq!(nested.result().unwrap(), 3);
        own.shutdown();
        assert_eq!(own.stats().workers, 0);
    });
}

fn a_pool_never_used_before_the_fork() {
    let unused = pool(1);
    in_a_child("a pool without threads", || {
        assert!(unused.spawn(|| ()).result().is_err());
        unused.shutdown();
    });
    assert_eq!(unused.spawn(|| 1).result().unwrap(), 1);
}

/// A fork may come at any moment, also while the other threads are inside of the library.
fn forks_while_everybody_is_busy() {
    let busy = pool(3);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let handle = busy.handle();
                    let nested = busy.spawn(move || handle.spawn(|| 1).result().unwrap());
                    let promised = [nested.shared(), busy.spawn(|| 2).shared()];
                    drop(wait(promised, ReturnWhen::FirstCompleted));
                }
            });
        }
        for _ in 0..100 {
            in_a_child("a fork in the middle", || {
                assert_eq!(kind_of(busy.spawn(|| ())), TaskErrorKind::Broken);
                busy.shutdown();
                let own = pool(1);
                let handle = own.handle();
                let nested = own.spawn(move || handle.spawn(|| 3).result().unwrap());
                assert_eq!(nested.result().unwrap(), 3);
                own.shutdown();
            });
        }
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(busy.spawn(|| 1).result().unwrap(), 1);
}

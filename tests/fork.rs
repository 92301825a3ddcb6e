//! The host program forks: the child's copy of a pool is inert, says so, and never hangs.
//!
//! A process of its own with a single test, for a fork copies only the thread that forks, and
//! whatever lock another test held would stay locked in the child for good.
#![expect(unsafe_code, reason = "fork and what a child may do are C functions")]

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use concurrent_futures::{
    Executor, Future, ReturnWhen, Shutdown, TaskErrorKind, ThreadPoolExecutor, as_completed, wait,
};

#[path = "support/pool.rs"]
#[expect(dead_code, reason = "this process needs only a part of it")]
mod pool;
#[path = "support/watchdog.rs"]
mod watchdog;

use pool::{hold, pool};
use watchdog::check;

/// The watchdog's thread does not follow into the child; the kernel's alarm does its work there.
const CHILD_SECONDS: u32 = 15;

/// Runs `story` in a forked child and fails unless it came to its end there.
fn in_a_child(name: &str, story: impl FnOnce()) {
    // SAFETY: the test is the only one of its process, and all workers of its pools are asleep or
    // inside a task of the test, so no lock of the allocator or of std is held by another thread.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "no fork: {}", io::Error::last_os_error());
    if pid == 0 {
        be_the_child(name, story);
    }
    let mut status = 0;
    // SAFETY: `pid` is a child of this process that nobody else waits for.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    assert_eq!(waited, pid);
    assert!(
        !libc::WIFSIGNALED(status),
        "{name}: ended by signal {}",
        libc::WTERMSIG(status)
    );
    assert_eq!(libc::WEXITSTATUS(status), 0, "{name}: failed in the child");
}

/// Ends the child without the exit handlers of its parent.
fn be_the_child(name: &str, story: impl FnOnce()) -> ! {
    // SAFETY: `alarm` only arms a timer, whose signal ends a child that hangs.
    unsafe { libc::alarm(CHILD_SECONDS) };
    let outcome = catch_unwind(AssertUnwindSafe(story));
    if let Err(payload) = &outcome {
        let text = payload
            .downcast_ref::<String>()
            .map_or("no text", String::as_str);
        let _ = writeln!(io::stderr(), "{name}: {text}");
    }
    // SAFETY: `_exit` ends the process at once, which is what a forked child should do.
    unsafe { libc::_exit(i32::from(outcome.is_err())) }
}

fn kind_of<T>(future: Future<T>) -> TaskErrorKind {
    future
        .result()
        .err()
        .expect("nobody could have run it")
        .kind()
}

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
        assert_eq!(
            pool.spawn(|| 1).result().unwrap(),
            1,
            "the parent is as it was"
        );
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
    let ends: [(&str, fn(ThreadPoolExecutor)); 5] = [
        ("drop", drop),
        ("shutdown", |pool| pool.shutdown()),
        ("shutdown without waiting", |pool| {
            pool.shutdown_with(Shutdown {
                wait: false,
                cancel_futures: true,
            });
        }),
        ("shutdown with a deadline", |pool| {
            drop(pool.shutdown_timeout(Duration::from_secs(3600)))
        }),
        ("spawn after shutdown", |pool| {
            pool.shutdown();
            assert!(pool.spawn(|| ()).result().is_err());
        }),
    ];
    for (name, end) in ends {
        let parents = pool(2);
        let held = hold(&parents);
        let mut parents = Some(parents);
        in_a_child(name, || end(parents.take().expect("not taken yet")));
        held.release().result().unwrap();
        assert_eq!(
            parents
                .expect("the child took its own")
                .spawn(|| 1)
                .result()
                .unwrap(),
            1
        );
    }
}

fn waiting_for_the_parents_futures(pool: &ThreadPoolExecutor) {
    let (running, release) = hold(pool).into_parts();
    let queued: Vec<Future<i32>> = (0..8).map(|number| pool.spawn(move || number)).collect();
    let mut queued = queued.into_iter();
    let mut next = || queued.next().expect("there are enough");
    let future = next();
    in_a_child("result", || assert!(future.result().is_err()));
    let future = next();
    in_a_child("exception", || assert!(future.exception().is_some()));
    let future = next();
    in_a_child("await", || {
        assert!(futures::executor::block_on(future).is_err())
    });
    let future = next();
    in_a_child("shared", || assert!(future.shared().result().is_err()));
    let future = next();
    in_a_child("wait", || drop(wait([future], ReturnWhen::AllCompleted)));
    let future = next();
    in_a_child("as_completed", || drop(as_completed([future]).next()));
    let future = next();
    in_a_child("cancel", || _ = future.cancel());
    let future = next();
    in_a_child("drop of a future", || drop(future));
    in_a_child("result of a running task", || {
        assert!(running.result().is_err())
    });
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

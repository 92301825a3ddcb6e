//! The host program forks: the child's copy of a pool of processes is inert, says so, and never
//! hangs.
//!
//! A process of its own with a single test, for a fork copies only the thread that forks, and
//! whatever lock another test held would stay locked in the child for good.
#![expect(unsafe_code, reason = "fork and what a child may do are C functions")]

use std::io::{self, Read};
use std::process;
use std::time::Duration;

use concurrent_futures::{
    Future, ProcessPoolExecutor, Shutdown, StartMethod, TaskErrorKind, WorkerOutput,
};

#[path = "support/fork.rs"]
mod fork;
#[path = "support/watchdog.rs"]
mod watchdog;

use fork::{in_a_child, kind_of};
use watchdog::check;

concurrent_futures::init_in_tests!();

fn pool(method: StartMethod) -> ProcessPoolExecutor {
    let builder = ProcessPoolExecutor::builder().max_workers(1).start_method(method);
    builder.stdout(WorkerOutput::Capture).build().unwrap()
}

fn pid(_: ()) -> u32 {
    process::id()
}

/// A task that never ends by itself.
fn stay(_: ()) -> u32 {
    loop {
        std::thread::park();
    }
}

#[test]
fn a_forked_child_finds_its_parents_pool_inert() {
    for method in [StartMethod::Spawn, StartMethod::ForkServer] {
        check(|| {
            let pool = pool(method);
            pool.submit(pid, ()).result().unwrap();
            submitting_to_the_parents_pool(&pool);
            ending_the_parents_pool(method);
            waiting_for_the_parents_futures(&pool);
            let worker = pool.submit(pid, ()).result().unwrap();
            a_pool_of_ones_own(method);
            the_parent_ends_while_the_child_lives(method);
            assert_eq!(pool.submit(pid, ()).result().unwrap(), worker, "the parent is as it was");
            pool.shutdown();
        });
    }
}

fn submitting_to_the_parents_pool(pool: &ProcessPoolExecutor) {
    in_a_child("submit", || {
        assert_eq!(kind_of(pool.submit(pid, ())), TaskErrorKind::Broken);
        let tried = pool.try_submit(pid, ()).map_err(|_| "handed back").unwrap();
        assert_eq!(kind_of(tried), TaskErrorKind::Broken);
        let told = pool.submit(pid, ()).result().unwrap_err().to_string();
        assert!(told.contains("fork"), "{told}");
        assert!(pool.map(|n: i32| n, 0..5).all(|item| item.is_err()));
        assert!(pool.worker_pids().is_empty());
        let _ = pool.stats();
        let _ = format!("{pool:?}");
    });
}

/// A way to end a pool, and its name.
type End = (&'static str, fn(ProcessPoolExecutor));

const ENDS: [End; 6] = [
    ("drop", drop),
    ("shutdown", |pool| pool.shutdown()),
    ("shutdown without waiting", |pool| {
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
    }),
    ("shutdown with a deadline", |pool| _ = pool.shutdown_timeout(Duration::from_secs(3600))),
    ("kill the workers", |pool| pool.kill_workers()),
    ("terminate the workers", |pool| pool.terminate_workers()),
];

fn ending_the_parents_pool(method: StartMethod) {
    for (name, end) in ENDS {
        let parents = pool(method);
        let before = parents.submit(pid, ()).result().unwrap();
        let mut parents = Some(parents);
        in_a_child(name, || end(parents.take().expect("not taken yet")));
        let parents = parents.expect("the child took its own");
        assert_eq!(parents.submit(pid, ()).result().unwrap(), before, "{name}");
    }
}

fn waiting_for_the_parents_futures(pool: &ProcessPoolExecutor) {
    let running = pool.submit(stay, ());
    while !running.running() {
        std::thread::yield_now();
    }
    let queued: Vec<Future<u32>> = (0..4).map(|_| pool.submit(pid, ())).collect();
    let mut queued = queued.into_iter();
    let mut next = || queued.next().expect("there are enough");
    let future = next();
    in_a_child("result", || assert!(future.result().is_err()));
    let not_cancelled = next();
    in_a_child("cancel", || _ = not_cancelled.cancel());
    let future = next();
    in_a_child("drop a future", || drop(future));
    in_a_child("kill", || _ = running.kill());
    in_a_child("state", || _ = (running.state(), running.running(), running.done()));
    assert!(running.running(), "the child could not end it");
    assert!(next().cancel());
    // Its worker goes, and another one comes in its place.
    assert!(running.kill());
    not_cancelled.result().expect("what the child does is the child's");
}

fn a_pool_of_ones_own(method: StartMethod) {
    in_a_child("a pool of its own", || {
        let own = pool(method);
        let worker = own.submit(pid, ()).result().unwrap();
        assert_ne!(worker, process::id());
        assert!(own.map(|n: u32| n + 1, 0..20).map(Result::unwrap).eq(1..21));
        own.shutdown();
    });
}

/// The child has copies of the pipes; they must keep no worker alive.
fn the_parent_ends_while_the_child_lives(method: StartMethod) {
    let parents = pool(method);
    parents.submit(pid, ()).result().unwrap();
    let (mut hear, tell) = io::pipe().unwrap();
    // SAFETY: as above; the child only reads and exits.
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        drop(tell);
        // SAFETY: it only arms a timer.
        unsafe { libc::alarm(fork::CHILD_SECONDS) };
        let _ended = hear.read(&mut [0]);
        // SAFETY: it ends the process at once.
        unsafe { libc::_exit(0) };
    }
    let shutdown = parents.shutdown_timeout(Duration::from_secs(5));
    drop(tell);
    shutdown.expect("what the child has inherited keeps no worker alive");
    let mut status = 0;
    // SAFETY: `child` is a child of this process that nobody else waits for.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((waited, status), (child, 0), "it lived until it was told to end");
}

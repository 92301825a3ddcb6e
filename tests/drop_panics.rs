//! Values that panic whenever they are dropped: the library drops what is left over, so it is the
//! library that must see to it that two such panics never meet and abort the process.
//!
//! Each story runs in a process of its own, for an abort ends the process it happens in.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::{env, iter, pin, thread};

use concurrent_futures::{Future, Shutdown, ThreadPoolExecutor, promise};

#[path = "support/pool.rs"]
#[expect(dead_code, reason = "this process needs only a part of it")]
mod pool;
#[path = "support/watchdog.rs"]
mod watchdog;

use pool::{hold, pool};
use watchdog::check;

/// Names the story that this process is to tell.
const STORY: &str = "CF_TEST_STORY";

struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("in a drop");
    }
}

/// Does what may drop a grenade on this thread, which is then the caller's own affair.
fn may_panic(what: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(what));
}

/// Fails unless the worker of `pool` is the one it was, and works.
fn assert_unharmed(pool: &ThreadPoolExecutor, worker: thread::ThreadId) {
    assert_eq!(pool.spawn(|| thread::current().id()).result().unwrap(), worker);
    pool.shutdown();
}

/// Tells a story about a pool with one worker, in a process of its own.
fn survives(name: &str, story: impl FnOnce(&ThreadPoolExecutor)) {
    if env::var_os(STORY).is_some() {
        return check(|| {
            let pool = pool(1);
            let worker = pool.spawn(|| thread::current().id()).result().unwrap();
            story(&pool);
            assert_unharmed(&pool, worker);
        });
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", name])
        .env(STORY, name)
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("this test starts itself");
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success() && told.contains("1 passed"), "{}\n{told}", output.status);
}

#[test]
fn results_that_nobody_takes() {
    survives("results_that_nobody_takes", |pool| {
        may_panic(|| drop(pool.spawn(|| Grenade)));
        let kept = pool.spawn(|| Grenade);
        kept.wait();
        may_panic(|| drop(kept));
        let shared = pool.spawn(|| Grenade).shared();
        shared.wait();
        may_panic(|| drop(shared));
    });
}

#[test]
fn captures_that_are_run_or_cancelled() {
    survives("captures_that_are_run_or_cancelled", |pool| {
        let grenade = Grenade;
        assert!(pool.spawn(move || _ = &grenade).result().is_err());
        let held = hold(pool);
        let grenade = Grenade;
        let cancelled = pool.spawn(move || _ = &grenade);
        may_panic(|| _ = cancelled.cancel());
        assert!(cancelled.cancelled());
        held.release().result().unwrap();
    });
}

#[test]
fn captures_that_a_shutdown_cancels() {
    survives("captures_that_a_shutdown_cancels", |_| {
        let pool = pool(1);
        let held = hold(&pool);
        let load = |_| {
            let grenade = Grenade;
            pool.spawn(move || _ = &grenade)
        };
        let futures: Vec<Future<()>> = (0..5).map(load).collect();
        may_panic(|| pool.shutdown_with(Shutdown { wait: false, cancel_futures: true }));
        assert!(futures.iter().all(Future::cancelled));
        held.release().result().unwrap();
        pool.shutdown();
    });
}

#[test]
fn captures_that_a_broken_pool_refuses() {
    survives("captures_that_a_broken_pool_refuses", |_| {
        let initialize = || Err("no licence");
        let builder = ThreadPoolExecutor::builder().max_workers(1).initializer(initialize);
        let pool = builder.build().unwrap();
        // A pool that is broken by now drops the closure at once, on the thread that spawns it.
        let load = |_| {
            let grenade = Grenade;
            catch_unwind(AssertUnwindSafe(|| pool.spawn(move || _ = &grenade))).ok()
        };
        let futures: Vec<Future<()>> = (0..5).filter_map(load).collect();
        assert!(futures.into_iter().all(|future| future.result().is_err()));
        pool.shutdown();
    });
}

#[test]
fn payloads_of_panics() {
    survives("payloads_of_panics", |pool| {
        may_panic(|| drop(pool.spawn(|| panic_any(Grenade))));
        let error = pool.spawn(|| panic_any(Grenade)).result().unwrap_err();
        may_panic(|| drop(error));
        let (promise, future) = promise::<()>();
        future.add_done_callback(|_| panic_any(Grenade));
        may_panic(|| promise.set_result(()).unwrap());
        future.result().unwrap();
    });
}

#[test]
fn results_of_a_map() {
    survives("results_of_a_map", |pool| {
        for chunk in [1, 5] {
            let map = pool.map(|_: i32| Grenade, 0..20).chunksize(chunk).buffersize(20).start();
            pool.spawn(|| ()).wait();
            may_panic(|| drop(map));
            let map = pool.map(|_: i32| Grenade, 0..20).chunksize(chunk).buffersize(20).start();
            may_panic(|| drop(map));
        }
    });
}

#[test]
fn inputs_of_a_map() {
    survives("inputs_of_a_map", |pool| {
        for chunk in [1, 5] {
            let held = hold(pool);
            let inputs = iter::repeat_with(|| Grenade);
            let map = pool.map(drop::<Grenade>, inputs).chunksize(chunk).buffersize(20).start();
            may_panic(|| drop(map));
            held.release().result().unwrap();
        }
    });
}

#[test]
fn results_in_a_scope() {
    survives("results_in_a_scope", |pool| {
        may_panic(|| {
            pool.scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| Grenade);
                }
            });
        });
    });
}

/// A waker whose data is a grenade.
struct Alarm(Grenade);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn wakers() {
    survives("wakers", |pool| {
        for _ in 0..2 {
            let (promise, mut future) = promise();
            let waker = Waker::from(Arc::new(Alarm(Grenade)));
            let polled = pin::Pin::new(&mut future).poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            may_panic(|| drop(waker));
            may_panic(|| promise.set_result(1).unwrap());
            assert_eq!(future.result().unwrap(), 1);
        }
        pool.spawn(|| ()).result().unwrap();
    });
}

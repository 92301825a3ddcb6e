//! The system refuses a thread: what is queued is told why, or is done by the workers there are.
//!
//! A process of its own with a single test, for its limits are those of the process.
#![expect(unsafe_code, reason = "limits are set by C functions")]

use concurrent_futures::{TaskErrorKind, ThreadPoolExecutor, blocking, promise};

#[path = "support/address_space.rs"]
mod address_space;
#[path = "support/pool.rs"]
#[expect(dead_code, reason = "this process needs only a part of it")]
mod pool;
#[path = "support/watchdog.rs"]
mod watchdog;

use address_space::{Limit, STACK};
use pool::hold;
use watchdog::check;

fn pool(max_workers: usize, stack_size: usize) -> ThreadPoolExecutor {
    let builder = ThreadPoolExecutor::builder().max_workers(max_workers).stack_size(stack_size);
    builder.build().unwrap()
}

#[test]
fn nothing_hangs_when_the_system_refuses_a_thread() {
    an_impossible_stack();
    a_refusal_that_passes();
    a_second_worker_is_refused();
    a_spare_is_refused();
}

fn assert_names_the_cause(error: &concurrent_futures::TaskError) {
    assert_eq!(error.kind(), TaskErrorKind::Broken);
    assert!(error.to_string().contains("os error"), "{error}");
}

fn an_impossible_stack() {
    check(|| {
        let pool = pool(2, 1 << 46);
        for _ in 0..3 {
            assert_names_the_cause(&pool.spawn(|| ()).result().unwrap_err());
        }
        let mut map = pool.map(|n: i32| n, 0..5);
        assert_names_the_cause(&map.next().unwrap().unwrap_err());
        drop(map);
        assert!(pool.scope(|scope| scope.spawn(|| ()).result()).is_err());
        assert_eq!(pool.stats().workers, 0);
        pool.shutdown();
    });
}

fn a_refusal_that_passes() {
    check(|| {
        let pool = pool(1, STACK);
        let limit = Limit::set();
        assert_names_the_cause(&pool.spawn(|| ()).result().unwrap_err());
        drop(limit);
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1, "the pool stays usable");
    });
}

fn a_second_worker_is_refused() {
    check(|| {
        let pool = pool(2, STACK);
        let held = hold(&pool);
        let limit = Limit::set();
        let queued: Vec<_> = (0..20).map(|number| pool.spawn(move || number)).collect();
        held.release().result().unwrap();
        assert!(queued.into_iter().map(|future| future.result().unwrap()).eq(0..20));
        drop(limit);
        pool.shutdown();
    });
}

/// The blocked worker does the rest itself, once what it waits for is there.
fn a_spare_is_refused() {
    check(|| {
        let pool = pool(1, STACK);
        let held = hold(&pool);
        let limit = Limit::set();
        let (promise, promised) = promise::<()>();
        let waiter = pool.spawn(move || promised.result().is_ok());
        let blocked = pool.spawn(|| blocking(|| 1));
        let queued = pool.spawn(|| 2);
        held.release().result().unwrap();
        promise.set_result(()).unwrap();
        assert!(waiter.result().unwrap());
        assert_eq!((blocked.result().unwrap(), queued.result().unwrap()), (1, 2));
        drop(limit);
        pool.shutdown();
    });
}

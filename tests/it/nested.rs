//! Waiting inside a worker cannot hang, and never runs what it does not wait for.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    Future, ReturnWhen, TaskErrorKind, ThreadPoolHandle, as_completed, promise, wait, wait_timeout,
};

use crate::pool::{eventually, hold_then, named_pool, pool, threads_named};
use crate::watchdog::check;

/// A timeout that is never reached, for the forms that take one.
const LONG: Duration = Duration::from_secs(3600);

/// All the ways to wait for one task.
const WAITS: [fn(Future<i32>) -> i32; 9] = [
    |future| future.result().unwrap(),
    |future| {
        future.wait();
        future.result().unwrap()
    },
    |future| {
        assert!(future.exception().is_none());
        future.result().unwrap()
    },
    |future| *future.shared().result().unwrap(),
    |future| wait([future], ReturnWhen::AllCompleted).done.remove(0).result().unwrap(),
    |future| wait([future], ReturnWhen::FirstCompleted).done.remove(0).result().unwrap(),
    |future| as_completed([future]).next().unwrap().result().unwrap(),
    |future| future.result_timeout(LONG).unwrap().unwrap(),
    |future| {
        let waited = wait_timeout([future], LONG, ReturnWhen::AllCompleted);
        waited.done.into_iter().next().unwrap().result().unwrap()
    },
];

#[test]
fn every_way_of_waiting_ends_on_one_worker() {
    check(|| {
        let pool = pool(1);
        for wait in WAITS {
            let handle = pool.handle();
            let outer = pool.spawn(move || wait(handle.spawn(|| 7)));
            assert_eq!(outer.result().unwrap(), 7);
        }
    });
}

#[test]
fn every_way_of_waiting_ends_while_the_workers_wait_for_each_other() {
    check(|| {
        for wait in WAITS {
            let pool = pool(2);
            let outer: Vec<_> = (0..6)
                .map(|_| {
                    let handle = pool.handle();
                    pool.spawn(move || {
                        let inner = handle.clone();
                        wait(handle.spawn(move || wait(inner.spawn(|| 7))))
                    })
                })
                .collect();
            assert!(outer.into_iter().all(|future| future.result().unwrap() == 7));
        }
    });
}

#[test]
fn a_queued_task_is_run_in_place() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let same = pool.spawn(move || {
            let inner = handle.spawn(|| thread::current().id());
            inner.result().unwrap() == thread::current().id()
        });
        assert!(same.result().unwrap());
    });
}

thread_local! {
    static IN_A_WAIT: Cell<bool> = const { Cell::new(false) };
}

/// The worker waits for a promise that is only set when the unrelated tasks have run.
#[test]
fn a_wait_never_runs_unrelated_work() {
    check(|| {
        let pool = pool(1);
        let (promise, promised) = promise::<()>();
        let waiter = hold_then(&pool, move || {
            IN_A_WAIT.set(true);
            promised.result().unwrap();
            IN_A_WAIT.set(false);
        });
        let unrelated: Vec<_> = (0..20).map(|_| pool.spawn(|| IN_A_WAIT.get())).collect();
        let waiter = waiter.release();
        assert!(unrelated.into_iter().all(|future| !future.result().unwrap()));
        promise.set_result(()).unwrap();
        waiter.result().unwrap();
    });
}

/// The awaited task stands last in the queue; those before it stay where they are.
#[test]
fn a_claim_leaves_the_queue_in_front_of_it_alone() {
    check(|| {
        let pool = pool(1);
        let (give, given) = mpsc::channel::<Future<bool>>();
        let waiter = hold_then(&pool, move || {
            IN_A_WAIT.set(true);
            let claimed = given.recv().unwrap().result().unwrap();
            IN_A_WAIT.set(false);
            claimed
        });
        let unrelated: Vec<_> = (0..20).map(|_| pool.spawn(|| IN_A_WAIT.get())).collect();
        give.send(pool.spawn(|| IN_A_WAIT.get())).unwrap();
        assert!(waiter.release().result().unwrap(), "the awaited one ran inside the wait");
        assert!(unrelated.into_iter().all(|future| !future.result().unwrap()));
    });
}

#[test]
fn work_queued_after_all_workers_blocked_is_run() {
    check(|| {
        for workers in 1..=3 {
            let pool = pool(workers);
            let (promise, promised) = promise::<()>();
            let promised = promised.shared();
            let waiters: Vec<_> = (0..workers)
                .map(|_| {
                    let promised = promised.clone();
                    hold_then(&pool, move || promised.result().is_ok()).release()
                })
                .collect();
            assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
            promise.set_result(()).unwrap();
            assert!(waiters.into_iter().all(|waiter| waiter.result().unwrap()));
        }
    });
}

#[test]
fn tasks_of_two_pools_wait_for_each_other() {
    check(|| {
        let (one, other) = (pool(1), pool(1));
        let (first, second) = (one.handle(), other.handle());
        let outer = one.spawn(move || {
            let middle = second.spawn(move || first.spawn(|| 3).result().unwrap() + 1);
            middle.result().unwrap() + 1
        });
        assert_eq!(outer.result().unwrap(), 5);
    });
}

fn fibonacci(handle: &ThreadPoolHandle, number: u64) -> u64 {
    if number < 2 {
        return number;
    }
    let inner = handle.clone();
    let one = handle.spawn(move || fibonacci(&inner, number - 1));
    let other = fibonacci(handle, number - 2);
    one.result().unwrap() + other
}

#[test]
fn recursion_of_any_shape_ends() {
    check(|| {
        for workers in 1..=4 {
            let pool = named_pool(workers, "fib");
            let handle = pool.handle();
            assert_eq!(pool.spawn(move || fibonacci(&handle, 14)).result().unwrap(), 377);
            eventually(|| threads_named("fib") <= workers);
        }
    });
}

#[test]
fn spares_are_bounded_and_go_away() {
    const TASKS: usize = 2000;
    check(|| {
        let pool = named_pool(1, "n_spare");
        let (promise, promised) = promise::<()>();
        let promised = promised.shared();
        let begun = Arc::new(AtomicUsize::new(0));
        let waiters: Vec<_> = (0..TASKS)
            .map(|_| {
                let (promised, begun) = (promised.clone(), Arc::clone(&begun));
                pool.spawn(move || {
                    begun.fetch_add(1, Ordering::SeqCst);
                    promised.result().is_ok()
                })
            })
            .collect();
        eventually(|| begun.load(Ordering::SeqCst) >= 2);
        assert!(threads_named("n_spare") < TASKS / 2, "one thread for each blocked task");
        promise.set_result(()).unwrap();
        assert!(waiters.into_iter().all(|waiter| waiter.result().unwrap()));
        eventually(|| threads_named("n_spare") <= 1);
    });
}

#[test]
fn two_tasks_wait_for_the_same_third() {
    check(|| {
        for workers in 1..=3 {
            let pool = pool(workers);
            for _ in 0..50 {
                let (give, given): (Vec<_>, Vec<_>) = (0..2).map(|_| mpsc::channel()).unzip();
                let waiters: Vec<_> = given
                    .into_iter()
                    .map(|given: mpsc::Receiver<concurrent_futures::SharedFuture<i32>>| {
                        pool.spawn(move || *given.recv().unwrap().result().unwrap())
                    })
                    .collect();
                let third = pool.spawn(|| 3).shared();
                give.iter().for_each(|give| give.send(third.clone()).unwrap());
                assert!(waiters.into_iter().all(|waiter| waiter.result().unwrap() == 3));
            }
        }
    });
}

#[test]
fn a_cancellation_races_with_the_claim() {
    check(|| {
        let pool = pool(1);
        for _ in 0..300 {
            let both = Arc::new(Barrier::new(2));
            let (give, given) = mpsc::channel::<concurrent_futures::SharedFuture<i32>>();
            let met = Arc::clone(&both);
            let outer = pool.spawn(move || {
                let inner = given.recv().unwrap();
                met.wait();
                inner.result().copied().map_err(concurrent_futures::TaskError::kind)
            });
            let inner = pool.spawn(|| 4).shared();
            give.send(inner.clone()).unwrap();
            both.wait();
            let cancelled = inner.cancel();
            let expected = if cancelled { Err(TaskErrorKind::Cancelled) } else { Ok(4) };
            assert_eq!(outer.result().unwrap(), expected);
        }
    });
}

#[test]
fn a_chain_of_running_tasks_is_waited_for() {
    check(|| {
        let pool = pool(3);
        let (promise, promised) = promise::<i32>();
        let first = hold_then(&pool, move || promised.result().unwrap());
        let first_done = first.release();
        let second = hold_then(&pool, move || first_done.result().unwrap() + 1).release();
        let third = hold_then(&pool, move || second.result().unwrap() + 1).release();
        promise.set_result(1).unwrap();
        assert_eq!(third.result().unwrap(), 3);
    });
}

#[test]
fn waiting_on_a_plain_thread_leaves_the_work_to_the_workers() {
    check(|| {
        let pool = pool(1);
        let here = thread::current().id();
        for _ in 0..100 {
            assert_ne!(pool.spawn(|| thread::current().id()).result().unwrap(), here);
        }
    });
}

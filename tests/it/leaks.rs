//! Every closure, argument and result is dropped once, and early enough.

use std::panic;
use std::sync::{Arc, mpsc};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    Future, ReturnWhen, Shutdown, TaskError, ThreadPoolExecutor, TrySpawnError, as_completed,
    promise, wait, wait_timeout,
};

use crate::pool::{eventually, hold, pool};
use crate::tokens::{Ledger, Token};
use crate::watchdog::check;

/// Runs a story about a pool and tokens; at its end all of them must have been dropped.
fn settles(story: impl FnOnce(&ThreadPoolExecutor, &Ledger)) {
    check(|| {
        let ledger = Ledger::default();
        let pool = pool(1);
        story(&pool, &ledger);
        drop(pool);
        ledger.assert_settled();
    });
}

/// Waits until nothing is left: the worker may let go of a task a moment after the last handle.
fn gone(ledger: &Ledger) {
    eventually(|| ledger.alive() == 0);
}

/// A task that owns a token and gives another.
fn spawn(pool: &ThreadPoolExecutor, ledger: &Ledger) -> Future<Token> {
    let (captured, result) = (ledger.token(), ledger.token());
    pool.spawn(move || {
        let _captured = &captured;
        result
    })
}

#[test]
fn a_result_taken_is_the_takers() {
    settles(|pool, ledger| {
        let result = spawn(pool, ledger).result().unwrap();
        assert_eq!(ledger.alive(), 1, "the captures are gone when the result is there");
        drop(result);
        assert_eq!(ledger.alive(), 0);
    });
}

#[test]
fn captures_are_dropped_before_the_future_is_done() {
    settles(|pool, ledger| {
        for _ in 0..500 {
            let (future, argument) = (spawn(pool, ledger), ledger.token());
            let other = pool.submit(drop, argument);
            other.wait();
            assert_eq!(ledger.alive(), 1, "only the untaken result is left");
            drop(future);
            gone(ledger);
        }
    });
}

#[test]
fn a_result_not_taken_goes_with_its_future() {
    settles(|pool, ledger| {
        let future = spawn(pool, ledger);
        future.wait();
        assert_eq!(ledger.alive(), 1);
        drop(future);
        gone(ledger);
    });
}

#[test]
fn a_result_nobody_waits_for_is_dropped_by_the_worker() {
    settles(|pool, ledger| {
        let held = hold(pool);
        drop(spawn(pool, ledger));
        assert_eq!(ledger.alive(), 2, "dropping the future does not cancel");
        held.release();
    });
}

#[test]
fn dropping_a_future_races_with_its_end() {
    settles(|pool, ledger| {
        for _ in 0..2000 {
            drop(spawn(pool, ledger));
        }
    });
}

#[test]
fn try_result_and_result_timeout_lose_nothing() {
    settles(|pool, ledger| {
        let held = hold(pool);
        let future = spawn(pool, ledger).try_result().map(drop).unwrap_err();
        let future = future.result_timeout(Duration::ZERO).map(drop).unwrap_err().into_inner();
        held.release();
        future.wait();
        drop(future.try_result().unwrap().unwrap());
        drop(spawn(pool, ledger).result_timeout(Duration::MAX).unwrap().unwrap());
    });
}

#[test]
fn a_shared_result_goes_with_the_last_clone() {
    settles(|pool, ledger| {
        let shared = spawn(pool, ledger).shared();
        let clone = shared.clone();
        assert!(shared.result().is_ok());
        drop(shared);
        assert_eq!(ledger.alive(), 1);
        drop(clone);
        gone(ledger);
    });
}

#[test]
fn a_cancelled_closure_is_dropped_by_the_time_the_future_is_done() {
    settles(|pool, ledger| {
        let held = hold(pool);
        for _ in 0..10 {
            let future = spawn(pool, ledger);
            let (tell, told) = mpsc::channel();
            let inside = ledger.clone();
            future.add_done_callback(move |_| tell.send(inside.alive()).unwrap());
            assert!(future.cancel());
            assert_eq!(told.recv().unwrap(), 0, "gone before the first callback");
            assert_eq!(ledger.alive(), 0);
        }
        held.release();
    });
}

#[test]
fn cancelling_races_with_running() {
    settles(|pool, ledger| {
        for _ in 0..1000 {
            let future = spawn(pool, ledger);
            future.cancel();
        }
        for _ in 0..1000 {
            let future = spawn(pool, ledger);
            future.cancel();
            drop(future.result());
        }
    });
}

#[test]
fn a_panic_drops_captures_and_its_error_drops_the_payload() {
    settles(|pool, ledger| {
        let (captured, payload) = (ledger.token(), ledger.token());
        let future: Future<()> = pool.spawn(move || {
            let _captured = captured;
            panic::panic_any(payload)
        });
        let error: TaskError = future.result().unwrap_err();
        assert_eq!(ledger.alive(), 1);
        drop(error);
        assert_eq!(ledger.alive(), 0);
        let payload = ledger.token();
        drop(pool.spawn(move || panic::panic_any(payload)));
    });
}

#[test]
fn a_shutdown_drops_what_it_cancels() {
    settles(|pool, ledger| {
        let held = hold(pool);
        let futures: Vec<_> = (0..10).map(|_| spawn(pool, ledger)).collect();
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
        assert_eq!(ledger.alive(), 0);
        drop(futures);
        held.release();
    });
}

#[test]
fn refused_closures_are_dropped_or_handed_back() {
    settles(|pool, ledger| {
        pool.shutdown();
        let future = spawn(pool, ledger);
        assert_eq!(ledger.alive(), 0);
        drop(future);
        let token = ledger.token();
        let Err(TrySpawnError::ShutDown(closure)) = pool.try_spawn(move || token) else {
            panic!("it was shut down");
        };
        assert_eq!(ledger.alive(), 1);
        drop(closure());
        assert_eq!(ledger.alive(), 0);
    });
}

#[test]
fn callbacks_are_dropped_once_they_have_run() {
    settles(|pool, ledger| {
        let held = hold(pool);
        let future = pool.spawn(|| ());
        for index in 0..6 {
            let token = ledger.token();
            future.add_done_callback(move |_| {
                let _token = token;
                assert!(index % 2 == 0, "every other panics");
            });
        }
        held.release();
        future.wait();
        assert_eq!(ledger.alive(), 0);
        let token = ledger.token();
        future.add_done_callback(move |_| drop(token));
        assert_eq!(ledger.alive(), 0);
    });
}

#[test]
fn promises_drop_what_nobody_takes() {
    settles(|_, ledger| {
        let (promise, future) = promise();
        promise.set_result(ledger.token()).unwrap_or_else(|_| panic!("nobody cancelled"));
        drop(future);
        let (promise, future) = concurrent_futures::promise();
        drop(future);
        promise.set_result(ledger.token()).unwrap_or_else(|_| panic!("nobody cancelled"));
        let (promise, future) = concurrent_futures::promise();
        assert!(future.cancel());
        let Err(token) = promise.set_result(ledger.token()) else { panic!("it was cancelled") };
        assert_eq!(ledger.alive(), 1, "the value came back");
        drop(token);
    });
}

#[test]
fn a_map_drops_inputs_and_outputs_whatever_becomes_of_it() {
    settles(|pool, ledger| {
        let source = ledger.clone();
        let inputs = move || {
            std::iter::repeat_with({
                let l = source.clone();
                move || l.token()
            })
        };
        let outputs = ledger.clone();
        let function = move |input: Token| {
            drop(input);
            outputs.token()
        };
        for (taken, chunk) in [(0, 1), (3, 1), (3, 4), (50, 7)] {
            let map = pool.map(function.clone(), inputs().take(60)).chunksize(chunk);
            let mut map = map.buffersize(20).start();
            assert_eq!(map.by_ref().take(taken).filter(Result::is_ok).count(), taken);
            drop(map);
        }
        let failing =
            pool.map(|token: Token| -> () { panic!("with {}", drop_it(token)) }, inputs().take(9));
        assert_eq!(failing.chunksize(4).filter(Result::is_err).count(), 9);
    });
}

fn drop_it(token: Token) -> &'static str {
    drop(token);
    "its input"
}

#[test]
fn a_map_that_was_shut_down_drops_what_it_had_pulled() {
    settles(|pool, ledger| {
        let held = hold(pool);
        let source = ledger.clone();
        let inputs = std::iter::repeat_with(move || source.token());
        let map = pool.map(|token| token, inputs).buffersize(8).chunksize(3).start();
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: true });
        held.release();
        map.for_each(drop);
    });
}

#[test]
fn a_scope_drops_what_it_was_given() {
    settles(|pool, ledger| {
        pool.scope(|scope| {
            for index in 0..10 {
                let token = ledger.token();
                let future = scope.spawn(move || token);
                match index % 3 {
                    0 => drop(future),
                    1 => drop(future.result()),
                    _ => _ = future.cancel(),
                }
            }
        });
        assert_eq!(ledger.alive(), 0, "also what nobody has taken");
    });
}

/// A waker that owns a token.
struct Owner(#[expect(dead_code, reason = "it is there to be dropped")] Token);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn wakers_are_dropped() {
    settles(|pool, ledger| {
        let held = hold(pool);
        let poll = |future: &mut Future<()>| {
            let waker = Waker::from(Arc::new(Owner(ledger.token())));
            let polled = std::pin::Pin::new(future).poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
        };
        let mut queued = pool.spawn(|| ());
        poll(&mut queued);
        poll(&mut queued);
        assert_eq!(ledger.alive(), 1, "a new waker takes the place of the old one");
        let mut dropped = pool.spawn(|| ());
        poll(&mut dropped);
        drop(dropped);
        assert_eq!(ledger.alive(), 1);
        held.release();
        queued.wait();
        gone(ledger);
    });
}

#[test]
fn waits_hold_no_future_back() {
    settles(|pool, ledger| {
        let futures: Vec<_> = (0..5).map(|_| spawn(pool, ledger)).collect();
        drop(wait_timeout(&futures, Duration::ZERO, ReturnWhen::AllCompleted));
        let mut completed = as_completed(futures);
        drop(completed.next());
        drop(completed.next().map(Future::result));
        let left = completed.into_pending();
        assert_eq!(left.len(), 3);
        drop(wait(left, ReturnWhen::FirstCompleted));
    });
}

#[test]
fn results_cross_threads_once() {
    settles(|pool, ledger| {
        for _ in 0..200 {
            let shared = spawn(pool, ledger).shared();
            thread::scope(|scope| {
                for _ in 0..2 {
                    let clone = shared.clone();
                    scope.spawn(move || assert!(clone.result().is_ok()));
                }
                drop(shared);
            });
        }
    });
}

#[test]
fn a_broken_pool_drops_what_it_cannot_run() {
    check(|| {
        let ledger = Ledger::default();
        let initialize = || Err(std::io::Error::other("no licence"));
        let builder = ThreadPoolExecutor::builder().max_workers(1).initializer(initialize);
        let pool = builder.build().unwrap();
        let futures: Vec<_> = (0..10).map(|_| spawn(&pool, &ledger)).collect();
        for future in &futures {
            future.wait();
        }
        assert_eq!(ledger.alive(), 0);
        ledger.assert_settled();
    });
}

/// The cell is in use while its callbacks run, also when the last handle goes in one of them.
#[test]
fn the_last_handle_may_go_in_a_callback() {
    settles(|pool, ledger| {
        for _ in 0..200 {
            let shared = spawn(pool, ledger).shared();
            let last = shared.clone();
            let token = ledger.token();
            shared.add_done_callback(move |result| {
                drop(last);
                assert!(result.is_ok());
                drop(token);
            });
            drop(shared);
        }
    });
}

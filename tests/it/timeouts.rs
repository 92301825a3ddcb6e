//! Bounded waits: zero asks without waiting, and what has timed out can be asked again.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use concurrent_futures::{
    AsCompleted, Future, ReturnWhen, TaskErrorKind, as_completed, promise, wait_timeout,
};

use crate::pool::{hold, hold_then, pool};
use crate::watchdog::check;

/// Longer than any test; a wait that really lasts so long is ended by the watchdog.
const LONG: Duration = Duration::from_secs(3600);

/// Short enough to be waited for.
const SHORT: Duration = Duration::from_millis(5);

#[test]
fn wait_timeout_changes_nothing() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        for duration in [Duration::ZERO, SHORT] {
            assert!(held.future.wait_timeout(duration).is_err());
            assert!(held.future.running());
        }
        let future = held.release();
        assert!(future.wait_timeout(LONG).is_ok());
        assert!(future.wait_timeout(Duration::ZERO).is_ok());
    });
}

#[test]
fn result_timeout_gives_the_handle_back() {
    check(|| {
        let pool = pool(1);
        let (future, release) = hold_then(&pool, || 9).into_parts();
        let future = future.result_timeout(Duration::ZERO).unwrap_err().into_inner();
        let future = future.result_timeout(SHORT).unwrap_err().into_inner();
        drop(release);
        assert_eq!(future.result_timeout(LONG).expect("it has finished").unwrap(), 9);
    });
}

#[test]
fn a_finished_result_is_there_for_a_zero_timeout() {
    check(|| {
        let future = pool(1).spawn(|| 4);
        future.wait();
        assert_eq!(future.result_timeout(Duration::ZERO).expect("done").unwrap(), 4);
    });
}

#[test]
fn the_longest_timeout_is_no_overflow() {
    check(|| {
        let pool = pool(1);
        let future = pool.spawn(|| 4);
        future.wait_timeout(Duration::MAX).unwrap();
        assert_eq!(future.result_timeout(Duration::MAX).expect("done").unwrap(), 4);
        let waited = wait_timeout([pool.spawn(|| ())], Duration::MAX, ReturnWhen::AllCompleted);
        assert_eq!(waited.done.len(), 1);
        let mut completed = as_completed([pool.spawn(|| ())]);
        assert!(completed.next_timeout(Duration::MAX).unwrap().is_some());
        assert_eq!(pool.map(|n: i32| n, 0..9).timeout(Duration::MAX).count(), 9);
        pool.shutdown_timeout(Duration::MAX).unwrap();
    });
}

#[test]
fn a_shared_future_times_out_as_well() {
    check(|| {
        let pool = pool(1);
        let (future, release) = hold(&pool).into_parts();
        let shared = future.shared();
        assert!(shared.wait_timeout(SHORT).is_err());
        drop(release);
        assert!(shared.wait_timeout(LONG).is_ok());
    });
}

#[test]
fn wait_returns_what_is_done_by_the_deadline() {
    check(|| {
        let pool = pool(1);
        let done = pool.spawn(|| 1);
        done.wait();
        let (_promise, pending) = promise();
        for duration in [Duration::ZERO, SHORT] {
            let waited = wait_timeout([&pending, &done], duration, ReturnWhen::AllCompleted);
            assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
            assert!(waited.done[0].done() && !waited.not_done[0].done());
        }
    });
}

/// The next future of `completed`, by a wait that ends before it is there.
fn times_out(completed: &mut AsCompleted<Future<i32>>, duration: Duration) -> String {
    completed.next_timeout(duration).map(drop).expect_err("nothing is done").to_string()
}

#[test]
fn as_completed_goes_on_after_a_timeout() {
    check(|| {
        let (promise, pending) = promise();
        let (first, done) = concurrent_futures::promise();
        first.set_result(1).unwrap();
        let mut completed = as_completed([pending, done]);
        let next = completed.next_timeout(Duration::ZERO).unwrap().expect("this one is done");
        assert_eq!(next.result().unwrap(), 1);
        let told = times_out(&mut completed, Duration::ZERO);
        assert!(told.contains('1') && told.contains('2'), "1 of 2 is missing: {told}");
        times_out(&mut completed, SHORT);
        promise.set_result(2).unwrap();
        let last = completed.next_timeout(LONG).unwrap().expect("it has been set");
        assert_eq!(last.result().unwrap(), 2);
        assert!(completed.next_timeout(Duration::ZERO).unwrap().is_none(), "the end is no timeout");
    });
}

#[test]
fn a_map_that_is_late_ends_with_one_timeout() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let mut late = pool.map(|n: i32| n, 0..3).timeout(SHORT);
        assert_eq!(late.next().unwrap().unwrap_err().kind(), TaskErrorKind::TimedOut);
        assert!(late.next().is_none());
        held.release();
        assert!(late.next().is_none(), "it stays at its end");
    });
}

#[test]
fn what_a_map_has_finished_comes_before_its_timeout() {
    check(|| {
        let pool = pool(1);
        let (open, opened) = mpsc::channel::<()>();
        let opened = std::sync::Mutex::new(opened);
        let late = move |number: i32| {
            if number == 2 {
                let _ = opened.lock().unwrap().recv();
            }
            number
        };
        let mut map = pool.map(late, 0..5).chunksize(1).timeout(Duration::from_millis(300));
        assert_eq!(map.next().unwrap().unwrap(), 0);
        assert_eq!(map.next().unwrap().unwrap(), 1);
        assert_eq!(map.next().unwrap().unwrap_err().kind(), TaskErrorKind::TimedOut);
        assert!(map.next().is_none());
        drop(open);
    });
}

#[test]
fn a_map_in_time_does_not_mind_its_timeout() {
    check(|| {
        let pool = pool(2);
        let doubled: Vec<i32> =
            pool.map(|n: i32| n * 2, 0..100).timeout(LONG).map(Result::unwrap).collect();
        assert_eq!(doubled, (0..100).map(|n| n * 2).collect::<Vec<_>>());
    });
}

#[test]
fn a_timed_out_map_starts_nothing_more() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let (ran, has_run) = mpsc::channel();
        let ran = std::sync::Mutex::new(ran);
        let mut map =
            pool.map(move |n: i32| ran.lock().unwrap().send(n).unwrap(), 0..50).timeout(SHORT);
        assert!(map.next().unwrap().is_err());
        held.release();
        pool.shutdown();
        assert_eq!(has_run.try_iter().count(), 0);
        drop(map);
    });
}

#[test]
fn shutdown_timeout_says_that_a_task_still_runs() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        for duration in [Duration::ZERO, SHORT] {
            pool.shutdown_timeout(duration).unwrap_err();
        }
        assert_eq!(pool.spawn(|| ()).result().unwrap_err().kind(), TaskErrorKind::ShutDown);
        held.release().result().unwrap();
        pool.shutdown_timeout(LONG).unwrap();
        pool.shutdown_timeout(Duration::ZERO).unwrap();
    });
}

#[test]
fn waiting_while_it_completes_is_either_in_time_or_not() {
    check(|| {
        for _ in 0..500 {
            let (promise, future) = promise();
            let setter = thread::spawn(move || promise.set_result(1).unwrap());
            let future = match future.result_timeout(Duration::from_micros(20)) {
                Ok(result) => {
                    assert_eq!(result.unwrap(), 1);
                    None
                }
                Err(timed_out) => Some(timed_out.into_inner()),
            };
            setter.join().unwrap();
            assert!(future.is_none_or(|future| future.result().unwrap() == 1));
        }
    });
}

#[test]
fn a_stream_wakes_for_its_timeout() {
    use futures::StreamExt;
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        for unordered in [false, true] {
            let late = pool.map(|n: i32| n, 0..3).timeout(SHORT);
            let late = if unordered { late.unordered() } else { late };
            let results: Vec<_> = futures::executor::block_on(late.into_stream().collect());
            let kinds: Vec<TaskErrorKind> =
                results.into_iter().map(|result| result.unwrap_err().kind()).collect();
            assert_eq!(kinds, [TaskErrorKind::TimedOut]);
        }
        drop(held);
    });
}

#[test]
fn a_map_inside_a_worker_times_out_too() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let (never, gate) = promise::<()>();
        let gate = gate.shared();
        let kinds = pool.spawn(move || {
            let wait = move |_: i32| gate.wait();
            let late = handle.map(wait, 0..3).timeout(SHORT);
            late.map(|result| result.unwrap_err().kind()).collect::<Vec<_>>()
        });
        assert_eq!(kinds.result().unwrap(), [TaskErrorKind::TimedOut]);
        never.set_result(()).unwrap();
    });
}

//! `TaskError` and the small error types: who is to blame, and the way out.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use concurrent_futures::{
    Future, TaskError, TaskErrorKind, ThreadPoolExecutor, TimeoutError, TrySpawnError, promise,
};

use crate::pool::{hold, pool};
use crate::watchdog::check;

fn assert_is_error<E: Error + Send + Sync + 'static>(error: &E, words: &[&str]) {
    let text = error.to_string();
    for word in words {
        assert!(text.to_lowercase().contains(word), "`{text}` does not say `{word}`");
    }
}

fn error_of<T>(future: Future<T>) -> TaskError {
    future.result().err().expect("this future has no result")
}

#[test]
fn every_task_error_names_its_cause() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let cancelled = pool.spawn(|| ());
        cancelled.cancel();
        assert_is_error(&error_of(cancelled), &["cancel"]);
        held.release();
        assert_is_error(&error_of(pool.spawn(|| panic!("the cause"))), &["panic", "the cause"]);
        pool.shutdown();
        assert_is_error(&error_of(pool.spawn(|| ())), &["shut"]);
        let (promise, abandoned) = promise::<()>();
        drop(promise);
        let error = error_of(abandoned);
        assert_eq!(error.kind(), TaskErrorKind::Abandoned);
        assert_is_error(&error, &["promise"]);
    });
}

#[test]
fn an_error_that_is_no_panic_has_no_panic_info() {
    let error = TaskError::failed("the disk is full");
    assert_eq!(error.kind(), TaskErrorKind::Failed);
    assert_is_error(&error, &["the disk is full"]);
    assert!(error.panic().is_none());
    assert!(error.worker_exit().is_none());
}

#[test]
fn resume_raises_an_error_that_is_no_panic_with_its_message() {
    let error = TaskError::failed("the disk is full");
    let payload = catch_unwind(AssertUnwindSafe(|| error.resume())).map(drop).unwrap_err();
    let text = payload.downcast_ref::<String>().expect("the payload is the message");
    assert!(text.contains("the disk is full"), "{text}");
}

#[test]
fn a_pool_without_workers_is_refused() {
    let error = ThreadPoolExecutor::new(0).expect_err("nobody would do the work");
    assert_is_error(&error, &["max_workers"]);
    let error = ThreadPoolExecutor::builder().max_workers(0).build().expect_err("as above");
    assert_is_error(&error, &["max_workers"]);
}

#[test]
fn refused_closures_come_back_in_an_error() {
    check(|| {
        let pool = pool(1);
        pool.shutdown();
        let refused = pool.try_spawn(|| 3).map(drop).unwrap_err();
        assert_is_error(&refused, &["shut"]);
        let TrySpawnError::ShutDown(closure) = refused else { panic!("there is no bound") };
        assert_eq!(closure(), 3);
    });
}

#[test]
fn timeouts_say_how_many_are_unfinished() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let error: TimeoutError = held.future.wait_timeout(Duration::ZERO).unwrap_err();
        assert_is_error(&error, &["1"]);
        let (future, release) = held.into_parts();
        let error = future.result_timeout(Duration::ZERO).map(drop).unwrap_err();
        assert_is_error(&error, &["1"]);
        drop(release);
        error.into_inner().result().unwrap();
    });
}

#[test]
fn still_running_is_an_error_that_says_so() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let error = pool.shutdown_timeout(Duration::ZERO).unwrap_err();
        assert_is_error(&error, &["1"]);
        held.release();
    });
}

#[test]
fn wishes_that_cannot_be_met_are_refused_by_name() {
    type Wish = fn() -> concurrent_futures::ThreadPoolBuilder;
    let wishes: [(&str, Wish); 4] = [
        ("queue_capacity", || ThreadPoolExecutor::builder().queue_capacity(0)),
        ("stack_size", || ThreadPoolExecutor::builder().stack_size(0)),
        ("thread_name_prefix", || ThreadPoolExecutor::builder().thread_name_prefix("a\0b")),
        ("max_workers", || ThreadPoolExecutor::builder().max_workers(usize::MAX)),
    ];
    for (name, wish) in wishes {
        assert_is_error(&wish().build().expect_err("nobody can do that"), &[name]);
    }
}

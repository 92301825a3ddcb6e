//! Code that does not care which executor it is given.

use concurrent_futures::{
    Executor, Future, FutureState, Payload, SequentialExecutor, Shutdown, TaskErrorKind,
};
use serde::{Deserialize, Serialize};

use crate::pool::pool;
use crate::watchdog::check;

fn square(number: u64) -> u64 {
    number * number
}

/// Written once, for every executor.
fn sum_of_squares(executor: &impl Executor, upto: u64) -> u64 {
    executor.map(square, 1..=upto).map(Result::unwrap).sum()
}

fn submit_all<A: Payload, R: Payload>(
    executor: &impl Executor,
    function: fn(A) -> R,
    arguments: Vec<A>,
) -> Vec<R> {
    let futures: Vec<Future<R>> =
        arguments.into_iter().map(|argument| executor.submit(function, argument)).collect();
    futures.into_iter().map(|future| future.result().unwrap()).collect()
}

#[test]
fn generic_code_runs_on_every_executor() {
    check(|| {
        let (threads, sequential) = (pool(2), SequentialExecutor::new());
        assert_eq!(sum_of_squares(&threads, 10), 385);
        assert_eq!(sum_of_squares(&sequential, 10), 385);
        assert_eq!(submit_all(&threads, square, vec![2, 3]), [4, 9]);
        assert_eq!(submit_all(&sequential, square, vec![2, 3]), [4, 9]);
        assert_eq!((threads.max_workers(), sequential.max_workers()), (2, 1));
    });
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    name: String,
    amount: u32,
}

#[test]
fn a_type_of_ones_own_is_a_payload() {
    check(|| {
        let double = |order: Order| Order { amount: order.amount * 2, ..order };
        let order = Order { name: "tea".to_owned(), amount: 3 };
        let doubled = Executor::submit(&pool(1), double, order).result().unwrap();
        assert_eq!(doubled, Order { name: "tea".to_owned(), amount: 6 });
    });
}

fn refuses(executor: &impl Executor) {
    executor.shutdown_with(Shutdown::default());
    executor.shutdown();
    let future = executor.submit(square, 2);
    assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::ShutDown);
    let mut map = executor.map(square, 0..3);
    assert_eq!(map.next().unwrap().unwrap_err().kind(), TaskErrorKind::ShutDown);
    assert!(map.next().is_none());
}

#[test]
fn every_executor_refuses_after_its_shutdown() {
    check(|| {
        refuses(&pool(2));
        refuses(&SequentialExecutor::default());
    });
}

#[test]
fn the_default_shutdown_waits_and_cancels_nothing() {
    let Shutdown { wait, cancel_futures } = Shutdown::default();
    assert!(wait && !cancel_futures);
}

#[test]
fn the_sequential_executor_runs_on_the_caller() {
    check(|| {
        let here = |()| format!("{:?}", std::thread::current().id());
        let future = SequentialExecutor::new().submit(here, ());
        assert_eq!(future.state(), FutureState::Finished);
        assert_eq!(future.result().unwrap(), here(()));
    });
}

#[test]
fn the_sequential_executor_takes_panics_for_results() {
    check(|| {
        let executor = SequentialExecutor::new();
        let fail: fn(u64) -> u64 = |number| panic!("number {number}");
        let error = executor.submit(fail, 7).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        let info = error.panic().unwrap();
        assert_eq!(info.message(), "number 7");
        assert!(info.location().unwrap().contains("executor_trait.rs"));
        let kinds = executor.map(fail, 0..3).map(|item| item.unwrap_err().kind());
        assert!(kinds.eq([TaskErrorKind::Panicked; 3]));
    });
}

#[test]
fn the_sequential_executor_maps_lazily_and_in_order() {
    check(|| {
        let executor = SequentialExecutor::new();
        let squares: Vec<u64> = executor.map(square, 0..).take(4).map(Result::unwrap).collect();
        assert_eq!(squares, [0, 1, 4, 9]);
        let map = executor.map(square, 0..5).chunksize(2).buffersize(3).unordered().start();
        assert_eq!(map.map(Result::unwrap).sum::<u64>(), 30);
    });
}

#[test]
fn a_sequential_task_may_use_the_executor() {
    check(|| {
        let nested =
            |number: u64| SequentialExecutor::new().submit(square, number).result().unwrap() + 1;
        assert_eq!(SequentialExecutor::new().submit(nested, 3).result().unwrap(), 10);
    });
}

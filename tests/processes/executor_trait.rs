//! Code that does not care which executor it is given.

use concurrent_futures::{
    Executor, SequentialExecutor, Shutdown, TaskErrorKind, ThreadPoolExecutor,
};

use crate::rig::pool;
use crate::watchdog::check;

fn square(number: u64) -> u64 {
    number * number
}

fn story(executor: &impl Executor, workers: usize) {
    assert_eq!(executor.max_workers(), workers);
    let futures: Vec<_> = (0..20).map(|n| executor.submit(square, n)).collect();
    assert!(futures.into_iter().map(|future| future.result().unwrap()).eq((0..20).map(square)));
    let map = executor.map(square, 0..100).chunksize(7).buffersize(30);
    assert!(map.map(Result::unwrap).eq((0..100).map(square)));
    let unordered = executor.map(square, 0..100).unordered();
    assert_eq!(unordered.map(Result::unwrap).sum::<u64>(), (0..100).map(square).sum());
    let error = executor.submit(|n: u8| -> u8 { panic!("number {n}") }, 3).result().unwrap_err();
    assert_eq!(error.panic().unwrap().message(), "number 3");
    executor.shutdown_with(Shutdown { wait: true, cancel_futures: true });
    executor.shutdown();
    let refused = executor.submit(square, 1).result().unwrap_err();
    assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
}

#[test]
fn one_story_on_every_executor() {
    check(|| {
        story(&SequentialExecutor::new(), 1);
        story(&ThreadPoolExecutor::new(2).unwrap(), 2);
        story(&pool(2), 2);
    });
}

#[test]
fn executors_are_debug_send_and_sync() {
    fn is<T: Send + Sync + std::fmt::Debug>(_: &T) {}
    let pool = pool(3);
    is(&pool);
    let text = format!("{pool:?}");
    assert!(text.contains("ProcessPoolExecutor") && text.contains('3'), "{text}");
}

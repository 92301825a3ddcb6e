//! `.await`, on any runtime.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use concurrent_futures::{Future, TaskErrorKind, promise};
use futures::executor::{LocalPool, block_on};
use futures::future::{Either, join_all, select};
use futures::stream::FuturesUnordered;
use futures::task::LocalSpawnExt;
use futures::{FutureExt, StreamExt};

use crate::pool::{hold, pool};
use crate::watchdog::check;

/// A waker that counts.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Bell {
    fn rung(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn poll<T>(future: &mut Future<T>, bell: &Arc<Bell>) -> Poll<Result<T, TaskErrorKind>> {
    let waker = Waker::from(Arc::clone(bell));
    let polled = Pin::new(future).poll(&mut Context::from_waker(&waker));
    polled.map_err(|error| error.kind())
}

#[test]
fn a_future_is_awaited() {
    check(|| {
        let pool = pool(2);
        let sum = async {
            let (one, other) = (pool.spawn(|| 1), pool.spawn(|| 2));
            one.await.unwrap() + other.await.unwrap()
        };
        assert_eq!(block_on(sum), 3);
    });
}

#[test]
fn errors_are_awaited_like_values() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let cancelled = pool.spawn(|| ());
        cancelled.cancel();
        assert_eq!(block_on(cancelled).unwrap_err().kind(), TaskErrorKind::Cancelled);
        held.release();
        let panicked = pool.spawn(|| panic!("awaited"));
        assert_eq!(block_on(panicked).unwrap_err().kind(), TaskErrorKind::Panicked);
        pool.shutdown();
        assert_eq!(block_on(pool.spawn(|| ())).unwrap_err().kind(), TaskErrorKind::ShutDown);
    });
}

#[test]
fn tokio_awaits_on_one_thread_and_on_many() {
    check(|| {
        let pool = pool(2);
        let mut builders = [
            tokio::runtime::Builder::new_current_thread(),
            tokio::runtime::Builder::new_multi_thread(),
        ];
        for builder in &mut builders {
            let runtime = builder.worker_threads(2).build().unwrap();
            let tasks: Vec<_> =
                (0..50_u64).map(|number| runtime.spawn(pool.spawn(move || number * 2))).collect();
            let doubled = runtime.block_on(join_all(tasks));
            let sum: u64 = doubled.into_iter().map(|joined| joined.unwrap().unwrap()).sum();
            assert_eq!(sum, 2450);
        }
    });
}

#[test]
fn the_combinators_of_the_futures_crate_work() {
    check(|| {
        let pool = pool(2);
        let joined = block_on(join_all((0..20).map(|number| pool.spawn(move || number))));
        assert!(joined.into_iter().map(Result::unwrap).eq(0..20));
        let unordered: FuturesUnordered<_> = (0..20).map(|n| pool.spawn(move || n)).collect();
        let sum = block_on(unordered.fold(0, |sum, n| async move { sum + n.unwrap() }));
        assert_eq!(sum, 190);
        let (_promise, never) = promise::<()>();
        let Either::Left((first, never)) = block_on(select(pool.spawn(|| 1), never)) else {
            panic!("nobody has set the promise");
        };
        assert_eq!(first.unwrap(), 1);
        assert!(never.now_or_never().is_none());
    });
}

#[test]
fn a_task_of_another_executor_is_woken() {
    check(|| {
        let pool = pool(1);
        let (future, release) = hold(&pool).into_parts();
        let mut local = LocalPool::new();
        local.spawner().spawn_local(future.map(Result::unwrap)).unwrap();
        local.run_until_stalled();
        let releaser = thread::spawn(move || drop(release));
        local.run();
        releaser.join().unwrap();
    });
}

#[test]
fn only_the_last_waker_is_woken() {
    check(|| {
        let (promise, mut future) = promise();
        let (first, last) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
        assert!(poll(&mut future, &first).is_pending());
        assert!(poll(&mut future, &last).is_pending());
        promise.set_result(1).unwrap();
        assert_eq!((first.rung(), last.rung()), (0, 1));
        assert_eq!(poll(&mut future, &last), Poll::Ready(Ok(1)));
    });
}

#[test]
fn a_cancellation_wakes() {
    check(|| {
        let pool = pool(1);
        let _held = hold(&pool);
        let shared = pool.spawn(|| ()).shared();
        let bell = Arc::new(Bell::default());
        let (promise, mut future) = promise::<()>();
        assert!(poll(&mut future, &bell).is_pending());
        shared.add_done_callback(move |_| drop(promise));
        assert!(shared.cancel());
        assert_eq!(bell.rung(), 1);
        assert_eq!(poll(&mut future, &bell), Poll::Ready(Err(TaskErrorKind::Abandoned)));
    });
}

#[test]
fn a_future_polled_once_may_be_waited_for() {
    check(|| {
        let (promise, mut future) = promise();
        let bell = Arc::new(Bell::default());
        assert!(poll(&mut future, &bell).is_pending());
        let setter = thread::spawn(move || promise.set_result(1).unwrap());
        assert_eq!(future.result().unwrap(), 1);
        setter.join().unwrap();
    });
}

#[test]
fn a_waker_goes_with_its_future() {
    check(|| {
        let bell = Arc::new(Bell::default());
        let (promise, mut future) = promise::<u8>();
        assert!(poll(&mut future, &bell).is_pending());
        assert_eq!(Arc::strong_count(&bell), 2);
        drop(future);
        promise.set_result(1).unwrap();
        assert_eq!((bell.rung(), Arc::strong_count(&bell)), (0, 1));
    });
}

#[test]
#[should_panic(expected = "taken before")]
fn polling_a_future_that_was_ready_panics() {
    let (promise, mut future) = promise();
    promise.set_result(1).unwrap();
    let bell = Arc::new(Bell::default());
    assert_eq!(poll(&mut future, &bell), Poll::Ready(Ok(1)));
    let _ = poll(&mut future, &bell);
}

#[test]
fn a_waker_that_panics_strands_nobody() {
    struct Alarm;
    impl Wake for Alarm {
        fn wake(self: Arc<Self>) {
            panic!("in a waker");
        }
    }
    check(|| {
        let pool = pool(1);
        let mut future = hold(&pool).release();
        let waker = Waker::from(Arc::new(Alarm));
        let _ = Pin::new(&mut future).poll(&mut Context::from_waker(&waker));
        pool.spawn(|| ()).result().unwrap();
    });
}

#[test]
fn polling_races_with_completion() {
    check(|| {
        for _ in 0..1000 {
            let (promise, future) = promise();
            let start = Barrier::new(2);
            thread::scope(|scope| {
                scope.spawn(|| {
                    start.wait();
                    promise.set_result(1).unwrap();
                });
                start.wait();
                assert_eq!(block_on(future).unwrap(), 1);
            });
        }
    });
}

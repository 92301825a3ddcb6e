//! What the crate allocates, and that it gives it back.
//!
//! A process of its own, for its allocator counts.
#![expect(unsafe_code, reason = "an allocator is unsafe to implement")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use concurrent_futures::{
    Future, ReturnWhen, ThreadPoolExecutor, as_completed, promise, wait_timeout,
};

#[path = "support/pool.rs"]
#[expect(dead_code, reason = "this process needs only a part of it")]
mod pool;
#[path = "support/watchdog.rs"]
mod watchdog;

use pool::{eventually, hold, pool};
use watchdog::check;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static LIVE_BYTES: AtomicIsize = AtomicIsize::new(0);

struct Counting;

// SAFETY: every call goes to the system's allocator with the layout it was given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        LIVE_BYTES.fetch_add(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`, and `alloc` was the system's.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One story at a time, for the counters know no threads.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn live_bytes() -> isize {
    LIVE_BYTES.load(Ordering::SeqCst)
}

/// A little more than the harness allocates while a test runs.
const NOISE: isize = 64 << 10;

#[test]
fn many_tasks_are_one_allocation() {
    const TASKS: usize = 10_000;
    check(|| {
        let _alone = alone();
        let pool = pool(1);
        let mut futures = Vec::with_capacity(TASKS);
        pool.spawn(|| ()).result().unwrap();
        let before = ALLOCATIONS.load(Ordering::SeqCst);
        futures.extend((0..TASKS).map(|number| pool.spawn(move || number)));
        let sum: usize = futures.into_iter().map(|future| future.result().unwrap()).sum();
        let allocations = ALLOCATIONS.load(Ordering::SeqCst) - before;
        assert_eq!(sum, TASKS * (TASKS - 1) / 2);
        // A block holds some sixty tasks, and one of the queue twice as many.
        assert!(allocations <= TASKS / 30, "{allocations} allocations");
    });
}

/// Runs `story` often, and fails if what it leaves behind grows.
fn leaves_nothing(story: impl Fn()) {
    check(|| {
        let _alone = alone();
        (0..100).for_each(|_| story());
        let before = live_bytes();
        (0..5000).for_each(|_| story());
        eventually(|| live_bytes() - before < NOISE);
    });
}

#[test]
fn waits_that_time_out_are_deregistered() {
    let (_promise, future) = promise::<()>();
    leaves_nothing(|| {
        future.wait_timeout(Duration::ZERO).unwrap_err();
        let waited = wait_timeout([&future], Duration::ZERO, ReturnWhen::AllCompleted);
        assert_eq!(waited.not_done.len(), 1);
    });
}

#[test]
fn waits_that_end_early_are_deregistered() {
    let (_promise, never) = promise::<()>();
    leaves_nothing(|| {
        let (promise, future) = promise::<()>();
        promise.set_result(()).unwrap();
        let waited = concurrent_futures::wait([&never, &future], ReturnWhen::FirstCompleted);
        assert_eq!(waited.done.len(), 1);
    });
}

#[test]
fn iterators_and_streams_dropped_early_are_deregistered() {
    let (_promise, future) = promise::<()>();
    leaves_nothing(|| {
        let mut completed = as_completed([&future]);
        completed.next_timeout(Duration::ZERO).map(drop).unwrap_err();
        drop(completed);
        drop(as_completed([&future]).into_stream());
        drop(as_completed([&future]).into_pending());
    });
}

#[test]
fn a_future_polled_again_and_again_keeps_one_waker() {
    use futures::FutureExt;
    let future = Mutex::new(promise::<()>().1.shared());
    drop(future);
    let (_promise, future) = promise::<()>();
    let future = Mutex::new(future);
    leaves_nothing(|| assert!((&mut *future.lock().unwrap()).now_or_never().is_none()));
}

#[test]
fn tasks_leave_nothing_behind() {
    let pool = pool(2);
    leaves_nothing(|| {
        drop(pool.spawn(|| vec![0_u8; 1000]));
        pool.spawn(|| vec![0_u8; 1000]).result().unwrap();
        let cancelled = pool.spawn(|| vec![0_u8; 1000]);
        cancelled.cancel();
        drop(pool.spawn(|| ()).shared());
        eventually(|| pool.stats().queued == 0 && pool.stats().running == 0);
    });
}

/// Whoever cancels much and runs little must not keep the shells of the cancelled.
#[test]
fn cancelled_tasks_behind_a_busy_worker_are_given_back() {
    const TASKS: usize = 200_000;
    check(|| {
        let _alone = alone();
        let pool = pool(1);
        let held = hold(&pool);
        let before = live_bytes();
        for _ in 0..TASKS {
            let future = pool.spawn(|| ());
            assert!(future.cancel());
        }
        let kept = live_bytes() - before;
        held.release().result().unwrap();
        pool.spawn(|| ()).result().unwrap();
        let left = live_bytes() - before;
        println!("{kept} bytes while the worker was held, {left} afterwards");
        assert!(left < NOISE, "{left} bytes are kept after {TASKS} cancelled tasks");
    });
}

/// The buffer is the bound, however long the source is.
#[test]
fn an_endless_source_needs_no_more_memory_than_its_buffer() {
    const BUFFER: usize = 256;
    const ITEM: usize = 4096;
    check(|| {
        let _alone = alone();
        let pool = pool(2);
        let before = live_bytes();
        let items = std::iter::repeat_with(|| vec![0_u8; ITEM]);
        let mut map = pool.map(|item: Vec<u8>| item, items).buffersize(BUFFER);
        map.by_ref().take(20_000).for_each(drop);
        let grown = live_bytes() - before;
        let most = (BUFFER * ITEM).cast_signed() + 4 * NOISE;
        assert!(grown < most, "{grown} bytes for a buffer of {BUFFER} items of {ITEM} bytes");
    });
}

#[test]
fn pools_leave_nothing_behind() {
    check(|| {
        let _alone = alone();
        let round = || {
            let pool = pool(2);
            let futures: Vec<Future<usize>> = (0..4).map(|n| pool.spawn(move || n)).collect();
            pool.shutdown();
            drop(futures);
        };
        (0..20).for_each(|_| round());
        let before = live_bytes();
        (0..200).for_each(|_| round());
        eventually(|| live_bytes() - before < NOISE);
    });
}

#[test]
fn a_pool_of_many_workers_costs_nothing_before_it_works() {
    check(|| {
        let _alone = alone();
        let before = live_bytes();
        let pool = ThreadPoolExecutor::new(10_000).unwrap();
        assert!(live_bytes() - before < 4 << 20);
        assert_eq!(pool.spawn(|| 1).result().unwrap(), 1);
    });
}

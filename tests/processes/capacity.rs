//! A bounded queue: who waits for a place, and what wakes them.

use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use concurrent_futures::{Future, ProcessPoolExecutor, Shutdown, TaskErrorKind};
use std::sync::Arc;

use crate::rig::{Gate, Held, builder, eventually, pid};
use crate::watchdog::check;

/// A pool of one worker, busy, and one place in the queue, taken.
struct Full {
    pool: Arc<ProcessPoolExecutor>,
    gate: Gate,
    held: Held,
    queued: Future<u32>,
}

fn full() -> Full {
    let (pool, gate) = (builder(1).queue_capacity(1).build().unwrap(), Gate::new());
    let held = gate.hold(&pool);
    let queued = pool.submit(pid, ());
    Full { pool: Arc::new(pool), gate, held, queued }
}

/// Submits from a thread of its own, which tells when it is through.
fn submitter(pool: &Arc<ProcessPoolExecutor>) -> (JoinHandle<Future<u32>>, Receiver<()>) {
    let (tell, told) = channel();
    let pool = Arc::clone(pool);
    let thread = thread::spawn(move || {
        let future = pool.submit(pid, ());
        tell.send(()).unwrap();
        future
    });
    (thread, told)
}

const A_WHILE: Duration = Duration::from_millis(50);

#[test]
fn submit_waits_until_a_task_begins() {
    check(|| {
        let Full { pool, held, queued, .. } = full();
        let (submitter, through) = submitter(&pool);
        through.recv_timeout(A_WHILE).expect_err("the queue is full");
        held.release();
        through.recv().unwrap();
        submitter.join().unwrap().result().unwrap();
        queued.result().unwrap();
    });
}

#[test]
fn submit_waits_until_a_task_is_cancelled() {
    check(|| {
        let Full { pool, held, queued, .. } = full();
        let (submitter, through) = submitter(&pool);
        through.recv_timeout(A_WHILE).expect_err("the queue is full");
        assert!(queued.cancel());
        through.recv().unwrap();
        let next = submitter.join().unwrap();
        assert!(held.future.running());
        held.release();
        next.result().unwrap();
    });
}

#[test]
fn a_shutdown_releases_the_submitter() {
    check(|| {
        let Full { pool, held, queued, .. } = full();
        let (submitter, through) = submitter(&pool);
        through.recv_timeout(A_WHILE).expect_err("the queue is full");
        pool.shutdown_with(Shutdown { wait: false, cancel_futures: false });
        through.recv().unwrap();
        let refused = submitter.join().unwrap().result().unwrap_err();
        assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
        held.release();
        queued.result().unwrap();
    });
}

#[test]
fn killing_the_workers_releases_the_submitter() {
    check(|| {
        let Full { pool, held, queued, .. } = full();
        let (submitter, through) = submitter(&pool);
        through.recv_timeout(A_WHILE).expect_err("the queue is full");
        pool.kill_workers();
        through.recv().unwrap();
        let refused = submitter.join().unwrap().result().unwrap_err();
        assert_eq!(refused.kind(), TaskErrorKind::ShutDown);
        assert_eq!(held.future.result().unwrap_err().kind(), TaskErrorKind::Killed);
        assert!(queued.cancelled());
    });
}

#[test]
fn a_callback_goes_over_the_bound() {
    check(|| {
        let Full { pool, held, gate, queued } = full();
        let (tell, told) = channel();
        let inside = Arc::clone(&pool);
        let name = gate.name();
        queued.add_done_callback(move |_| {
            let futures: Vec<_> = (0..3).map(|_| inside.submit(pid, ())).collect();
            tell.send((futures, name)).unwrap();
        });
        held.release();
        let (futures, _gate) = told.recv().unwrap();
        assert!(futures.into_iter().all(|future| future.result().is_ok()));
    });
}

#[test]
fn a_flood_through_a_small_queue_is_run() {
    check(|| {
        let pool = Arc::new(builder(2).queue_capacity(1).build().unwrap());
        let futures: Vec<_> = (0..400).map(|n: u32| pool.submit(|n: u32| n, n)).collect();
        assert!(futures.into_iter().map(|future| future.result().unwrap()).eq(0..400));
    });
}

#[test]
fn maps_share_the_bound() {
    check(|| {
        let pool = builder(2).queue_capacity(1).build().unwrap();
        for chunk in [1, 7] {
            let map = pool.map(|n: u32| n, 0..300).chunksize(chunk);
            assert!(map.map(Result::unwrap).eq(0..300));
        }
        assert!(pool.map(|n: u32| n, 0..300).unordered().count() == 300);
    });
}

#[test]
fn the_place_of_a_task_that_waits_is_counted_once() {
    check(|| {
        let Full { pool, held, queued, .. } = full();
        eventually(|| pool.stats().running == 1);
        assert_eq!(pool.stats().queued, 1);
        held.release();
        queued.result().unwrap();
    });
}

//! Row 16: a task that takes too long is ended, with its worker, and nobody else.

use std::time::{Duration, Instant};

use concurrent_futures::{ProcessPoolExecutor, TaskError, TaskErrorKind, TaskOptions};

use crate::census::either_way;
use crate::gate::{Gate, Log, eventually, knock, note};
use crate::pools::{SOON, assert_usable, error, hold, late, log, pool, quiet, stand};
use crate::system;

fn spin((log, number): (String, u64)) -> u64 {
    note(&log, number);
    loop {
        std::hint::black_box(number);
    }
}

/// Longer than any test takes.
const HOUR: Duration = Duration::from_secs(3600);

fn soon() -> TaskOptions {
    TaskOptions::new().timeout(SOON)
}

fn assert_timed_out(error: &TaskError, begun: Instant) {
    assert_eq!(error.kind(), TaskErrorKind::TimedOut, "{error}");
    assert!(error.to_string().contains("50ms"), "{error}");
    let took = begun.elapsed();
    assert!((SOON..late()).contains(&took), "{took:?} for {SOON:?}");
}

/// Another task runs beside it, and one waits behind it.
fn beside(submit: fn(&ProcessPoolExecutor, &Log, &Gate) -> TaskError) {
    either_way(|method| {
        let (pool, gate, log_of) = (pool(method, 2), Gate::new(), Log::new());
        let other_gate = Gate::new();
        let (other, guest) = hold(&pool, &other_gate, 7);
        let begun = Instant::now();
        let error = submit(&pool, &log_of, &gate);
        assert_timed_out(&error, begun);
        assert_eq!(pool.submit(log, (log_of.key(), 9)).result().unwrap(), 9);
        assert!(other.running(), "another task was ended");
        guest.release();
        assert_eq!(other.result().unwrap(), 7);
        assert_eq!(log_of.numbers().iter().filter(|n| **n == 1).count(), 1, "it ran twice");
        assert_usable(&pool);
    });
}

#[test]
fn in_a_loop() {
    beside(|pool, log, _| error(pool.submit_with(soon(), spin, (log.key(), 1))));
}

#[test]
fn blocked_in_a_call() {
    fn wait((log, gate): (String, String)) -> u64 {
        note(&log, 1);
        knock(&gate, 1);
        1
    }
    beside(|pool, log, gate| {
        let future = pool.submit_with(soon(), wait, (log.key(), gate.key()));
        let guest = gate.guest();
        let error = error(future);
        let pid = guest.pid;
        guest.gone();
        eventually(|| system::state(pid).is_none());
        error
    });
}

/// Retries are for workers that die by themselves.
#[test]
fn it_is_not_tried_again() {
    beside(|pool, log, _| error(pool.submit_with(soon().retries(5), spin, (log.key(), 1))));
}

/// What was sent behind it, with a timeout or without, goes elsewhere and has its full time.
#[test]
fn those_behind_it_run() {
    either_way(|method| {
        let (pool, log_of) = (pool(method, 1), Log::new());
        let begun = Instant::now();
        let late = pool.submit_with(soon(), spin, (log_of.key(), 0));
        let behind: Vec<_> = (1..30)
            .map(|n| {
                let wide = TaskOptions::new().timeout(HOUR);
                let options = if n % 2 == 0 { TaskOptions::new() } else { wide };
                pool.submit_with(options, log, (log_of.key(), n))
            })
            .collect();
        assert_timed_out(&error(late), begun);
        for (n, future) in (1..).zip(behind) {
            assert_eq!(future.result().unwrap(), n);
        }
        assert_eq!(log_of.sorted(), Vec::from_iter(0..30));
    });
}

/// A timeout counts from the beginning in the worker.
#[test]
fn time_in_the_queue_does_not_count() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 1), Gate::new());
        let (held, guest) = hold(&pool, &gate, 1);
        let begun = Instant::now();
        let queued: Vec<_> = (0..5).map(|n| pool.submit_with(soon(), |n: u64| n, n)).collect();
        while begun.elapsed() < 3 * SOON {
            std::thread::yield_now();
        }
        assert!(queued.iter().all(|future| !future.done()));
        guest.release();
        held.result().unwrap();
        for (n, future) in (0..).zip(queued) {
            assert_eq!(future.result().unwrap(), n);
        }
    });
}

#[test]
fn one_after_another() {
    either_way(|method| {
        let (log, begun) = (Log::new(), Instant::now());
        let pool = quiet(1).start_method(method).task_timeout(SOON).build().unwrap();
        let late: Vec<_> = (0..4).map(|n| pool.submit(spin, (log.key(), n))).collect();
        for future in late {
            assert_timed_out(&error(future), begun);
        }
        assert_usable(&pool);
        assert_eq!(log.sorted(), [0, 1, 2, 3]);
    });
}

#[test]
fn an_item_of_a_chunk() {
    either_way(|method| {
        let (gate, log) = (Gate::new(), Log::new());
        let pool = quiet(1).start_method(method).task_timeout(SOON).build().unwrap();
        let task = |((log, gate), n): ((String, String), u64)| {
            note(&log, n);
            if n % 5 == 2 {
                knock(&gate, n);
            }
            n
        };
        let begun = Instant::now();
        let keys = (log.key(), gate.key());
        let map = pool.map(task, (0..10).map(|n| (keys.clone(), n))).chunksize(10);
        for (n, result) in (0..).zip(map) {
            match result {
                Ok(value) => assert_eq!((value, n % 5 != 2), (n, true)),
                Err(error) => {
                    assert_eq!(n % 5, 2, "{error}");
                    assert_timed_out(&error, begun);
                }
            }
        }
        assert_eq!(log.sorted(), Vec::from_iter(0..10));
    });
}

/// A pool's timeout, and a task that may take longer.
#[test]
fn a_task_with_more_time_than_the_others() {
    either_way(|method| {
        let gate = Gate::new();
        let pool = quiet(2).start_method(method).task_timeout(SOON).build().unwrap();
        let options = TaskOptions::new().timeout(Duration::MAX);
        let slow = pool.submit_with(options, stand, (gate.key(), 1));
        let guest = gate.guest();
        let other = Gate::new();
        let begun = Instant::now();
        let late = pool.submit(stand, (other.key(), 2));
        assert_timed_out(&error(late), begun);
        assert!(slow.running());
        guest.release();
        assert_eq!(slow.result().unwrap(), 1);
    });
}

/// Tasks that end just as their time does: either of the two, once.
#[test]
fn a_race_of_the_task_with_its_timeout() {
    either_way(|method| {
        let pool = pool(method, 2);
        let timeout = Duration::from_millis(3);
        let work = |millis: u64| {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_micros(millis * 100) {
                std::hint::spin_loop();
            }
            millis
        };
        let options = TaskOptions::new().timeout(timeout);
        let futures: Vec<_> = (0..60).map(|n| pool.submit_with(options, work, n)).collect();
        for (n, future) in (0..).zip(futures) {
            match future.result() {
                Ok(value) => assert_eq!(value, n),
                Err(error) => assert_eq!(error.kind(), TaskErrorKind::TimedOut, "{error}"),
            }
        }
        assert_usable(&pool);
    });
}

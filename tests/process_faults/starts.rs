//! Rows 12 and 13: workers that die as they start, or cannot start.

use std::time::{Duration, Instant};

use concurrent_futures::{ProcessPoolBuilder, StartMethod, TaskErrorKind, TaskOptions};

use crate::census::{either_way, undisturbed};
use crate::gate::{Gate, Log, eventually, knock, note};
use crate::pools::{assert_usable, death, error, late, pool, quiet, stand};
use crate::system::{SIGKILL, exit_now, signal};

fn die((log, n): (String, u64)) -> u64 {
    note(&log, n);
    exit_now(9)
}

#[test]
fn a_task_that_kills_every_worker_that_takes_it() {
    either_way(|method| {
        let (pool, log) = (pool(method, 2), Log::new());
        let options = TaskOptions::new().retries(9);
        let lethal = pool.submit_with(options, die, (log.key(), 1));
        let others: Vec<_> = (0..200).map(|n| pool.submit(|n: u64| n, n)).collect();
        let error = error(lethal);
        assert_eq!(death(&error).code(), Some(9));
        assert_eq!(log.numbers(), [1; 10], "it runs once, and as often again as it may");
        for (n, future) in (0..).zip(others) {
            assert_eq!(future.result().unwrap(), n);
        }
        assert_usable(&pool);
    });
}

#[test]
fn many_tasks_that_kill_their_workers() {
    either_way(|method| {
        let (pool, log) = (pool(method, 2), Log::new());
        let begun = Instant::now();
        let lethal: Vec<_> = (0..12).map(|n| pool.submit(die, (log.key(), n))).collect();
        for future in lethal {
            assert_eq!(death(&error(future)).code(), Some(9));
        }
        assert_eq!(log.sorted(), Vec::from_iter(0..12));
        // The first deaths in a row are not worth a pause, the others are.
        let took = begun.elapsed();
        assert!((Duration::from_millis(100)..late()).contains(&took), "{took:?}");
        assert_usable(&pool);
    });
}

fn pass(key: String) -> Result<(), String> {
    knock(&key, 0);
    Ok(())
}

/// More often than a worker may fail to start.
#[test]
fn workers_that_are_killed_while_they_start() {
    either_way(|method| {
        let gate = Gate::new();
        let pool = quiet(1).start_method(method).initializer(pass, gate.key()).build().unwrap();
        let future = pool.submit(|n: u64| n + 1, 1);
        for _ in 0..10 {
            let guest = gate.guest();
            assert!(signal(guest.pid, SIGKILL));
        }
        gate.guest().release();
        assert_eq!(future.result().unwrap(), 2);
        assert_usable(&pool);
    });
}

/// A pool whose initializer leaves a trace and then fails.
fn broken(
    configure: fn(ProcessPoolBuilder, String) -> ProcessPoolBuilder,
    causes: &[&str],
    timeout: Duration,
) {
    const BOUND: usize = 12;
    either_way(|method| {
        let log = Log::new();
        let builder = quiet(2).start_method(method).start_timeout(timeout);
        let pool = configure(builder, log.key()).build().expect("it is seen only in a worker");
        let begun = Instant::now();
        let futures: Vec<_> = (0..10).map(|n| pool.submit(|n: u64| n, n)).collect();
        let queued = pool.map(|n: u64| n, 0..10).start();
        for future in futures {
            let error = error(future);
            assert_eq!(error.kind(), TaskErrorKind::Broken, "{error}");
            let text = error.to_string();
            assert!(causes.iter().all(|cause| text.contains(cause)), "no {causes:?} in: {text}");
        }
        assert!(begun.elapsed() < late().min(20 * timeout), "{:?}", begun.elapsed());
        let results: Vec<_> = queued.collect();
        assert!(!results.is_empty() && results.iter().all(Result::is_err));
        let later = error(pool.submit(|n: u64| n, 1));
        assert_eq!(later.kind(), TaskErrorKind::Broken);
        assert!(log.numbers().len() <= BOUND, "{} starts", log.numbers().len());
        eventually(|| pool.worker_pids().is_empty());
    });
}

const AMPLE: Duration = Duration::from_secs(10);

#[test]
fn an_initializer_that_returns_an_error() {
    let configure = |builder: ProcessPoolBuilder, log| {
        let initializer = |log: String| {
            note(&log, 0);
            Err("no model to load".to_owned())
        };
        builder.initializer(initializer, log)
    };
    broken(configure, &["no model to load"], AMPLE);
}

#[test]
fn an_initializer_that_panics() {
    let configure = |builder: ProcessPoolBuilder, log| {
        let initializer = |log: String| -> Result<(), String> {
            note(&log, 0);
            panic!("a cat on the keyboard")
        };
        builder.initializer(initializer, log)
    };
    broken(configure, &["a cat on the keyboard", "starts.rs"], AMPLE);
}

#[test]
fn an_initializer_that_exits() {
    let configure = |builder: ProcessPoolBuilder, log| {
        let initializer = |log: String| -> Result<(), String> {
            note(&log, 0);
            std::process::exit(44)
        };
        builder.initializer(initializer, log)
    };
    broken(configure, &["44", "initializer"], AMPLE);
}

#[test]
fn an_initializer_that_crashes() {
    let configure = |builder: ProcessPoolBuilder, log| {
        let initializer = |log: String| -> Result<(), String> {
            note(&log, 0);
            std::process::abort()
        };
        builder.initializer(initializer, log)
    };
    broken(configure, &["6", "initializer"], AMPLE);
}

#[test]
fn an_initializer_that_hangs() {
    let configure = |builder: ProcessPoolBuilder, log| {
        let initializer = |log: String| -> Result<(), String> {
            note(&log, 0);
            loop {
                std::thread::park();
            }
        };
        builder.initializer(initializer, log)
    };
    broken(configure, &["start_timeout", "initializer"], Duration::from_millis(200));
}

/// One that fails now and then is no reason to give up.
#[test]
fn an_initializer_that_exits_once() {
    either_way(|method| {
        let log = Log::new();
        let initializer = |log: String| {
            note(&log, 0);
            if Log::length(&log) == 1 {
                exit_now(1);
            }
            Ok(())
        };
        let pool = quiet(1).start_method(method).initializer(initializer, log.key());
        let pool = pool.build().unwrap();
        assert_usable(&pool);
        assert_eq!(log.numbers().len(), 2);
    });
}

#[test]
fn a_broken_pool_ends() {
    undisturbed(|| {
        let pool = quiet(1)
            .start_method(StartMethod::Spawn)
            .initializer(|(): ()| Err("never".to_owned()), ())
            .build()
            .unwrap();
        let future = pool.submit(|n: u64| n, 1);
        pool.shutdown();
        assert_eq!(error(future).kind(), TaskErrorKind::Broken);
        let late = error(pool.submit(|n: u64| n, 1));
        assert!([TaskErrorKind::ShutDown, TaskErrorKind::Broken].contains(&late.kind()));
    });
}

/// The rest of a chunk, when its worker has run as much as it may, waits for workers that never
/// come.
#[test]
fn a_chunk_that_is_half_done_when_the_pool_breaks() {
    either_way(|method| {
        let (gate, log, doom) = (Gate::new(), Log::new(), Gate::new());
        let initializer = |(log, doom): (String, String)| {
            note(&log, 0);
            if Log::length(&log) == 1 {
                return Ok(());
            }
            knock(&doom, 0);
            Err("only one of us".to_owned())
        };
        let pool = quiet(1)
            .start_method(method)
            .max_tasks_per_child(1)
            .initializer(initializer, (log.key(), doom.key()))
            .build()
            .unwrap();
        let map = pool.map(stand, (0..4).map(|n| (gate.key(), n))).chunksize(4).start();
        let guest = gate.guest();
        let other = pool.submit(|n: u64| n, 1);
        doom.guest().release();
        assert_eq!(error(other).kind(), TaskErrorKind::Broken);
        guest.release();
        let results: Vec<_> = map.collect();
        assert_eq!(results.len(), 4);
        for (n, result) in (0..).zip(results) {
            match result {
                Ok(value) => assert_eq!((value, n), (0, 0)),
                Err(error) => {
                    assert_eq!((error.kind(), n > 0), (TaskErrorKind::Broken, true), "{error}");
                }
            }
        }
    });
}

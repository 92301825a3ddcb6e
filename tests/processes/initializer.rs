//! What runs in a worker before its first task.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use concurrent_futures::{Payload, ProcessPoolExecutor, TaskErrorKind};

use crate::rig::{Gate, METHODS, builder, stop_at};
use crate::watchdog::{check, scaled};

static PREPARED: OnceLock<(String, u32)> = OnceLock::new();

fn prepare(settings: (String, u32)) -> Result<(), String> {
    PREPARED.set(settings).map_err(|_| "twice in one worker".to_owned())
}

fn settings(_: ()) -> Option<(String, u32)> {
    PREPARED.get().cloned()
}

#[test]
fn it_runs_once_in_every_worker() {
    check(|| {
        for method in METHODS {
            let gate = Gate::new();
            let wanted = ("model".to_owned(), 7);
            let builder = builder(2).initializer(prepare, wanted.clone()).start_method(method);
            let pool = builder.build().unwrap();
            let held = gate.hold_all(&pool, 2);
            drop(held);
            for _ in 0..10 {
                assert_eq!(pool.submit(settings, ()).result().unwrap(), Some(wanted.clone()));
            }
            assert!(PREPARED.get().is_none(), "not in this process");
        }
    });
}

#[test]
fn a_new_worker_is_prepared_as_well() {
    check(|| {
        let pool = builder(1).initializer(prepare, (String::new(), 1)).build().unwrap();
        pool.submit(crate::rig::abort, ()).wait();
        assert_eq!(pool.submit(settings, ()).result().unwrap(), Some((String::new(), 1)));
    });
}

#[test]
fn the_environment_is_there_before_it() {
    check(|| {
        fn remember(name: String) -> Result<(), String> {
            let value = std::env::var(&name).map_err(|error| error.to_string())?;
            let place = std::env::current_dir().map_err(|error| error.to_string())?;
            prepare((format!("{value} {}", place.display()), 0))
        }
        let builder = builder(1).initializer(remember, "CF_TEST".to_owned());
        let pool = builder.env("CF_TEST", "set").current_dir("/").build().unwrap();
        assert_eq!(pool.submit(settings, ()).result().unwrap().unwrap().0, "set /");
    });
}

#[test]
fn nothing_waits_for_a_worker_that_takes_long_to_start() {
    check(|| {
        fn hold_the_second(gate: String) -> Result<(), String> {
            if concurrent_futures::worker_id() == Some(1) {
                stop_at(gate);
            }
            Ok(())
        }
        for method in METHODS {
            let gate = Gate::new();
            let builder = builder(2).initializer(hold_the_second, gate.name().to_owned());
            let pool = builder.start_method(method).build().unwrap();
            // Each worker is given one to begin with.
            let futures: Vec<_> = (0..4).map(|n: u32| pool.submit(|n: u32| n, n)).collect();
            let second = gate.next();
            for (n, future) in (0..).zip(futures) {
                assert_eq!(future.result().unwrap(), n);
            }
            second.pass();
        }
    });
}

/// A pool whose workers cannot be prepared is broken, soon, and says why.
fn breaks<A: Payload + Clone>(f: fn(A) -> Result<(), String>, arg: A, cause: &[&str]) {
    breaks_within(Duration::from_secs(5), f, arg, cause);
}

fn breaks_within<A: Payload + Clone>(
    limit: Duration,
    f: fn(A) -> Result<(), String>,
    arg: A,
    cause: &[&str],
) {
    for method in METHODS {
        let began = Instant::now();
        let builder = builder(2).initializer(f, arg.clone()).start_timeout(limit);
        let pool = builder.start_method(method).build().unwrap();
        let futures: Vec<_> = (0..5).map(|n: u32| pool.submit(|n: u32| n, n)).collect();
        for future in futures {
            assert_broken(&future.result().unwrap_err(), cause);
        }
        assert!(began.elapsed() < scaled(Duration::from_secs(10)), "{:?}", began.elapsed());
        stays_broken(&pool, cause);
        pool.shutdown();
    }
}

fn assert_broken(error: &concurrent_futures::TaskError, cause: &[&str]) {
    assert_eq!(error.kind(), TaskErrorKind::Broken);
    let text = error.to_string();
    assert!(cause.iter().all(|word| text.contains(word)), "{text}");
}

fn stays_broken(pool: &ProcessPoolExecutor, cause: &[&str]) {
    assert_broken(&pool.submit(|n: u32| n, 1).result().unwrap_err(), cause);
    assert_broken(&pool.try_submit(|n: u32| n, 1).unwrap().result().unwrap_err(), cause);
    let first = pool.map(|n: u32| n, 0..3).next().unwrap();
    assert_broken(&first.unwrap_err(), cause);
}

#[test]
fn its_error_breaks_the_pool() {
    check(|| {
        breaks(|why: String| Err(why), "no licence".to_owned(), &["no licence", "initializer"])
    });
}

#[test]
fn its_panic_breaks_the_pool() {
    check(|| breaks(|_: ()| panic!("no model"), (), &["no model", "initializer"]));
}

#[test]
fn its_exit_breaks_the_pool() {
    check(|| breaks(|code: i32| std::process::exit(code), 9, &["9", "initializer"]));
}

#[test]
fn its_hang_breaks_the_pool() {
    check(|| {
        let hang = |_: ()| loop {
            std::thread::park();
        };
        breaks_within(
            Duration::from_millis(400),
            hang,
            (),
            &["start_timeout", "400ms", "initializer"],
        );
    });
}

#[test]
fn an_argument_that_cannot_be_encoded_is_refused_by_build() {
    check(|| {
        let error = builder(1).initializer(|_: Stubborn| Ok(()), Stubborn).build().unwrap_err();
        let text = error.to_string();
        assert!(text.contains("initializer") && text.contains("stubborn"), "{text}");
    });
}

#[derive(Clone, serde::Deserialize)]
struct Stubborn;

impl serde::Serialize for Stubborn {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("stubborn"))
    }
}

fn load(gate: String) -> Result<(), String> {
    let model = vec![1_u8; 64 << 20];
    stop_at(gate);
    // Longer than it takes until somebody looks.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(50) {}
    drop(std::hint::black_box(model));
    Ok(())
}

/// The limit is for tasks. A task that waits for a worker to get ready changes nothing.
#[test]
fn it_may_use_more_memory_than_a_task() {
    check(|| {
        let gate = Gate::new();
        let pool = builder(1).initializer(load, gate.name()).memory_limit(48 << 20).build();
        let pool = pool.unwrap();
        let future = pool.submit(crate::rig::pid, ());
        let waiting = gate.next();
        let worker = waiting.pid;
        waiting.pass();
        drop(gate);
        assert_eq!(future.result().unwrap(), worker, "it was not replaced");
    });
}

//! A panic is a result like another: told in full, and of no harm to anybody else.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use concurrent_futures::{Future, TaskError, TaskErrorKind, ThreadPoolExecutor};

use crate::pool::{hold, named_pool, pool};
use crate::watchdog::check;

/// Panics when it is dropped, unless that would abort the process.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("in a drop");
        }
    }
}

fn error_of<T>(future: Future<T>) -> TaskError {
    future.result().err().expect("the task has panicked")
}

/// Fails unless the only worker of `pool` is the one it was, and works.
fn assert_same_worker(pool: &ThreadPoolExecutor, worker: thread::ThreadId) {
    assert_eq!(pool.spawn(|| thread::current().id()).result().unwrap(), worker);
}

fn worker_of(pool: &ThreadPoolExecutor) -> thread::ThreadId {
    pool.spawn(|| thread::current().id()).result().unwrap()
}

#[test]
fn a_panic_is_told_with_message_place_and_thread() {
    check(|| {
        let pool = named_pool(1, "told");
        let line = line!() + 1;
        let error = error_of(pool.spawn(|| panic!("broken {}", 7)));
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        let info = error.panic().expect("it has panicked");
        assert_eq!(info.message(), "broken 7");
        assert_eq!(info.thread(), Some("told_0"));
        let location = info.location().expect("the hook has seen it");
        let parts: Vec<&str> = location.rsplitn(3, ':').collect();
        assert!(parts[2].ends_with("panics.rs"), "{location}");
        assert_eq!(parts[1], line.to_string(), "{location}");
        assert!(parts[0].parse::<u32>().is_ok_and(|column| column > 1), "{location}");
        let text = error.to_string();
        assert!(text.contains("broken 7") && text.contains("panics.rs"), "{text}");
    });
}

#[test]
fn every_kind_of_payload_has_a_message() {
    check(|| {
        let pool = pool(1);
        let text = error_of(pool.spawn(|| panic!("plain")));
        assert_eq!(text.panic().unwrap().message(), "plain");
        let number = error_of(pool.spawn(|| panic::panic_any(17)));
        assert_eq!(number.kind(), TaskErrorKind::Panicked);
        assert!(!number.panic().unwrap().message().is_empty());
        let quiet = error_of(pool.spawn(|| panic::resume_unwind(Box::new("no hook ran"))));
        assert_eq!(quiet.panic().unwrap().message(), "no hook ran");
    });
}

#[test]
fn a_panic_without_a_hook_is_not_told_the_place_of_an_earlier_one() {
    check(|| {
        let pool = pool(1);
        error_of(pool.spawn(|| panic!("earlier")));
        let _ = pool.spawn(|| catch_unwind(|| panic!("caught")).is_err()).result();
        let quiet = error_of(pool.spawn(|| panic::resume_unwind(Box::new("quiet"))));
        assert_eq!(quiet.panic().unwrap().location(), None);
    });
}

#[test]
fn the_place_is_that_of_the_panic_that_ended_the_task() {
    check(|| {
        let error = error_of(pool(1).spawn(|| {
            let _ = catch_unwind(|| panic!("caught inside"));
            panic!("got away")
        }));
        let info = error.panic().unwrap();
        assert_eq!(info.message(), "got away");
        let line = line!() - 4;
        assert!(info.location().unwrap().contains(&format!(":{line}:")), "{:?}", info.location());
    });
}

#[test]
fn the_worker_goes_on_after_a_panic() {
    check(|| {
        let pool = pool(1);
        let worker = worker_of(&pool);
        for _ in 0..20 {
            error_of(pool.spawn(|| panic!("one of many")));
        }
        assert_same_worker(&pool, worker);
    });
}

#[test]
fn resume_raises_the_payload_itself() {
    #[derive(Debug, PartialEq)]
    struct Payload(u8);
    check(|| {
        let error = error_of(pool(1).spawn(|| panic::panic_any(Payload(3))));
        let payload = catch_unwind(AssertUnwindSafe(|| error.resume())).map(drop).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&Payload(3)));
    });
}

#[test]
fn a_panic_resumed_in_another_task_keeps_its_message() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let outer = pool.spawn(move || match handle.spawn(|| panic!("innermost")).result() {
            Ok(()) => unreachable!("it has panicked"),
            Err(error) => error.resume(),
        });
        assert_eq!(error_of::<()>(outer).panic().unwrap().message(), "innermost");
    });
}

#[test]
fn a_panic_of_a_claimed_task_is_that_tasks_alone() {
    check(|| {
        let pool = pool(1);
        let handle = pool.handle();
        let outer = pool.spawn(move || {
            let inner = error_of(handle.spawn(|| panic!("inner")));
            inner.panic().unwrap().message().to_owned()
        });
        assert_eq!(outer.result().unwrap(), "inner");
    });
}

#[test]
fn a_result_that_panics_in_its_drop_harms_nobody() {
    check(|| {
        let pool = pool(1);
        let worker = worker_of(&pool);
        let held = hold(&pool);
        let detached = pool.spawn(|| Grenade);
        let behind = pool.spawn(|| 1);
        drop(detached);
        held.release();
        assert_eq!(behind.result().unwrap(), 1);
        assert_same_worker(&pool, worker);
    });
}

#[test]
fn a_payload_that_panics_in_its_drop_harms_nobody() {
    check(|| {
        let pool = pool(1);
        let worker = worker_of(&pool);
        let held = hold(&pool);
        drop(pool.spawn(|| panic::panic_any(Grenade)));
        let kept = pool.spawn(|| panic::panic_any(Grenade));
        held.release();
        let error = error_of::<()>(kept);
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        let _ = catch_unwind(AssertUnwindSafe(|| drop(error)));
        assert_same_worker(&pool, worker);
    });
}

#[test]
fn an_argument_that_panics_in_its_drop_fails_its_own_task_only() {
    check(|| {
        let pool = pool(1);
        let worker = worker_of(&pool);
        let error = error_of(pool.submit(drop, Grenade));
        assert_eq!(error.panic().unwrap().message(), "in a drop");
        let grenade = Grenade;
        let captured = pool.spawn(move || _ = &grenade);
        assert_eq!(error_of(captured).kind(), TaskErrorKind::Panicked);
        assert_same_worker(&pool, worker);
    });
}

#[test]
fn a_cancelled_closure_that_panics_in_its_drop_strands_nobody() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let grenade = Grenade;
        let future = pool.spawn(move || _ = &grenade);
        let (seen, sees) = mpsc::channel();
        future.add_done_callback(move |result| seen.send(result.is_err()).unwrap());
        let _ = catch_unwind(AssertUnwindSafe(|| future.cancel()));
        assert!(future.cancelled());
        assert!(sees.try_recv().expect("the callback has run"));
        assert_eq!(future.result().unwrap_err().kind(), TaskErrorKind::Cancelled);
        held.release();
        pool.shutdown();
    });
}

#[test]
fn a_callback_that_panics_in_its_drop_strands_nobody() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        let grenade = Grenade;
        held.future.add_done_callback(move |_| _ = &grenade);
        held.release().result().unwrap();
        pool.spawn(|| ()).result().unwrap();
    });
}

#[test]
fn a_panic_with_a_result_nobody_waits_for_is_forgotten() {
    check(|| {
        let pool = pool(2);
        for _ in 0..50 {
            drop(pool.spawn(|| panic!("unheard")));
        }
        pool.shutdown();
        assert_eq!(pool.stats().finished, 50);
    });
}

#[test]
fn a_callback_whose_payload_panics_in_its_drop_strands_nobody() {
    check(|| {
        let pool = pool(1);
        let held = hold(&pool);
        held.future.add_done_callback(|_| panic::panic_any(Grenade));
        held.release().result().unwrap();
        pool.spawn(|| ()).result().unwrap();
    });
}

#[test]
fn results_of_a_map_that_panic_in_their_drop_harm_nobody() {
    check(|| {
        let pool = pool(1);
        let worker = worker_of(&pool);
        for chunk in [1, 7] {
            let map = pool.map(|_: i32| Grenade, 0..20).chunksize(chunk).buffersize(20).start();
            let _ = catch_unwind(AssertUnwindSafe(|| drop(map)));
            assert_same_worker(&pool, worker);
        }
    });
}

#[test]
fn inputs_of_a_map_that_panic_in_their_drop_fail_alone() {
    check(|| {
        let pool = pool(1);
        let inputs = (0..9).map(|number| (number, (number == 4).then(|| Grenade)));
        let results = pool.map(|(number, _grenade): (i32, Option<Grenade>)| number, inputs);
        for (number, result) in (0..).zip(results.chunksize(3)) {
            assert_eq!(result.ok(), (number != 4).then_some(number));
        }
    });
}

//! Where workers work, and what they know.

use std::env;
use std::path::PathBuf;

use concurrent_futures::worker_id;

use crate::rig::{Folder, Gate, METHODS, builder, pool};
use crate::watchdog::check;

fn variable(name: String) -> Option<String> {
    env::var(name).ok()
}

fn directory(_: ()) -> PathBuf {
    env::current_dir().expect("a worker works somewhere")
}

#[test]
fn variables_are_set_in_workers_alone() {
    check(|| {
        for method in METHODS {
            let builder = builder(1).start_method(method);
            let pool = builder.env("CF_NEW", "first").env("CF_NEW", "last").env("CF_EMPTY", "");
            let pool = pool.env("CF_EQUALS", "a=b c").build().unwrap();
            let ask = |name: &str| pool.submit(variable, name.to_owned()).result().unwrap();
            assert_eq!(ask("CF_NEW").as_deref(), Some("last"));
            assert_eq!(ask("CF_EMPTY").as_deref(), Some(""));
            assert_eq!(ask("CF_EQUALS").as_deref(), Some("a=b c"));
            assert_eq!(ask("PATH"), env::var("PATH").ok(), "the rest is inherited");
            assert_eq!(ask("CONCURRENT_FUTURES_WORKER"), None);
            assert_eq!(env::var("CF_NEW").ok(), None);
        }
    });
}

#[test]
fn variables_of_the_program_can_be_replaced() {
    check(|| {
        let pool = builder(1).env("PATH", "/nowhere").build().unwrap();
        let path = pool.submit(variable, "PATH".to_owned()).result().unwrap();
        assert_eq!(path.as_deref(), Some("/nowhere"));
    });
}

#[test]
fn pools_do_not_share_their_variables() {
    check(|| {
        for method in METHODS {
            let pools = ["one", "two"].map(|value| {
                builder(1).start_method(method).env("CF_POOL", value).build().unwrap()
            });
            let ask = |pool: &concurrent_futures::ProcessPoolExecutor| {
                pool.submit(variable, "CF_POOL".to_owned()).result().unwrap()
            };
            assert_eq!(pools.each_ref().map(ask), ["one", "two"].map(|v| Some(v.to_owned())));
        }
    });
}

#[test]
fn workers_work_where_they_are_told() {
    check(|| {
        for method in METHODS {
            let folder = Folder::new();
            let pool = builder(1).current_dir(&folder.0).start_method(method).build().unwrap();
            assert_eq!(pool.submit(directory, ()).result().unwrap(), folder.0);
            assert_ne!(env::current_dir().unwrap(), folder.0);
        }
        assert_eq!(pool(1).submit(directory, ()).result().unwrap(), env::current_dir().unwrap());
    });
}

#[test]
fn a_directory_that_is_gone_when_a_worker_starts_breaks_the_pool() {
    check(|| {
        let folder = Folder::new();
        let pool = builder(1).current_dir(&folder.0).build().unwrap();
        std::fs::remove_dir(&folder.0).unwrap();
        let error = pool.submit(directory, ()).result().unwrap_err();
        assert_eq!(error.kind(), concurrent_futures::TaskErrorKind::Broken);
        let text = error.to_string();
        assert!(
            text.contains("current_dir") && text.contains(&*folder.0.to_string_lossy()),
            "{text}"
        );
    });
}

#[test]
fn workers_know_their_number() {
    check(|| {
        fn number(gate: String) -> Option<usize> {
            crate::rig::stop_at(gate);
            worker_id()
        }
        assert_eq!(worker_id(), None);
        for method in METHODS {
            let gate = Gate::new();
            let pool = builder(3).start_method(method).build().unwrap();
            let futures = [(); 3].map(|()| pool.submit(number, gate.name()));
            let waiting = [(); 3].map(|()| gate.next());
            drop(waiting);
            let mut numbers = futures.map(|future| future.result().unwrap().unwrap());
            numbers.sort_unstable();
            assert_eq!(numbers, [0, 1, 2]);
        }
    });
}

#[test]
fn the_number_of_a_dead_worker_is_used_again() {
    check(|| {
        let pool = pool(1);
        for _ in 0..3 {
            let number = pool.submit(|_: ()| worker_id(), ()).result().unwrap();
            assert_eq!(number, Some(0));
            pool.submit(crate::rig::abort, ()).wait();
        }
    });
}

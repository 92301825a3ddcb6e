//! Who is listed, and for how long.

use std::sync::mpsc;
use std::thread;

use concurrent_futures::threading::{self, Thread, ThreadInfo};

use crate::pool::{eventually, hold_all, named_pool};
use crate::watchdog::check;

fn listed(names: &str) -> Vec<ThreadInfo> {
    let mut found = threading::enumerate();
    found.retain(|thread| thread.name().starts_with(names));
    found
}

#[test]
fn the_main_thread_is_there() {
    check(|| {
        let main = threading::main_thread();
        assert_eq!(main.name(), "MainThread");
        assert!(main.is_alive());
        assert_eq!(main.native_id(), Some(u64::from(std::process::id())));
        assert_eq!(threading::enumerate()[0], main);
        assert_ne!(threading::current_thread(), main, "tests run elsewhere");
    });
}

#[test]
fn a_thread_is_listed_while_it_lives() {
    check(|| {
        let (go, wait) = mpsc::channel::<()>();
        let thread = Thread::new(move || _ = wait.recv()).with_name("listed-1");
        assert!(listed("listed-").is_empty(), "it was not started");
        thread.start().unwrap();
        let found = listed("listed-");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].ident(), found[0].native_id()), (thread.ident(), thread.native_id()));
        thread.set_name("listed-2");
        assert_eq!(found[0].name(), "listed-2");
        drop(go);
        thread.join().unwrap();
        assert!(listed("listed-").is_empty() && !found[0].is_alive());
    });
}

#[test]
fn workers_of_pools_are_listed_until_the_shutdown() {
    check(|| {
        let pool = named_pool(3, "roll");
        let held = hold_all(&pool, 3);
        let mut names: Vec<String> = listed("roll_").iter().map(ThreadInfo::name).collect();
        names.sort();
        assert_eq!(names, ["roll_0", "roll_1", "roll_2"]);
        let own = pool.spawn(threading::current_thread);
        drop(held);
        let own = own.result().unwrap();
        assert!(own.name().starts_with("roll_") && listed("roll_").contains(&own));
        pool.shutdown();
        assert!(listed("roll_").is_empty() && !own.is_alive());
    });
}

#[cfg(feature = "rayon")]
#[test]
fn threads_for_rayon_are_listed() {
    check(|| {
        let pool = named_pool(2, "ray");
        let name = pool.install(|| threading::current_thread().name());
        assert!(name.starts_with("ray_rayon_"), "{name}");
        pool.shutdown();
        assert!(listed("ray_").is_empty());
    });
}

#[test]
fn a_foreign_thread_is_listed_once_it_asks_who_it_is() {
    check(|| {
        let (tell, told) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let foreign = thread::spawn(move || {
            let before = threading::get_ident();
            let unlisted = threading::enumerate().iter().all(|info| info.ident() != Some(before));
            let own = threading::current_thread();
            assert_eq!(own.ident(), Some(before));
            assert_eq!(own, threading::current_thread());
            tell.send((unlisted, own)).unwrap();
            let _ = wait.recv();
        });
        let (unlisted, info) = told.recv().unwrap();
        assert!(unlisted);
        assert!(info.name().starts_with("Dummy-"), "{info:?}");
        assert!(info.is_alive() && threading::enumerate().contains(&info));
        drop(go);
        foreign.join().unwrap();
        assert!(!info.is_alive() && !threading::enumerate().contains(&info));
    });
}

#[test]
fn a_foreign_thread_keeps_the_name_it_has() {
    check(|| {
        let named = thread::Builder::new().name("foreigner".into());
        let info = named.spawn(threading::current_thread).unwrap().join().unwrap();
        assert_eq!(info.name(), "foreigner");
    });
}

struct AsksLate;

impl Drop for AsksLate {
    fn drop(&mut self) {
        assert_eq!(threading::current_thread().ident(), Some(threading::get_ident()));
    }
}

std::thread_local! {
    static FIRST: AsksLate = const { AsksLate };
}

/// Thread-locals are dropped in an order of their own; whoever asks then must not be listed for good.
#[test]
fn who_asks_while_its_thread_locals_go_is_not_listed_for_good() {
    check(|| {
        let ident = thread::spawn(|| {
            FIRST.with(|_| ());
            threading::current_thread();
            threading::get_ident()
        });
        let ident = ident.join().unwrap();
        eventually(|| threading::enumerate().iter().all(|info| info.ident() != Some(ident)));
        let thread = Thread::new(|| FIRST.with(|_| threading::get_ident()));
        thread.start().unwrap();
        let ident = thread.into_result().unwrap();
        assert!(threading::enumerate().iter().all(|info| info.ident() != Some(ident)));
    });
}

#[test]
fn whoever_is_listed_was_started() {
    check(|| {
        let (stop, stopped) = mpsc::channel::<()>();
        let looker = thread::spawn(move || {
            while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
                for info in threading::enumerate() {
                    assert!(info.ident().is_some() && info.native_id().is_some(), "{info:?}");
                }
            }
        });
        for _ in 0..300 {
            let thread = Thread::new(|| ());
            thread.start().unwrap();
            thread.join().unwrap();
        }
        drop(stop);
        looker.join().unwrap();
    });
}

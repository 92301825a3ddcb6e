//! Names: numbered or given, changed at any time, and known to the system.

use std::fs;
use std::sync::mpsc::{self, Receiver, Sender};

use concurrent_futures::threading::{self, Thread};

use crate::watchdog::check;

/// The name that the system shows of a thread.
fn system_name(native_id: u64) -> String {
    let path = format!("/proc/self/task/{native_id}/comm");
    fs::read_to_string(path).expect("the thread lives").trim_end_matches('\n').to_owned()
}

fn own_system_name() -> String {
    system_name(threading::get_native_id())
}

#[test]
fn a_thread_without_a_name_is_numbered() {
    check(|| {
        let names = [(); 3].map(|()| Thread::new(|| ()).name());
        for name in &names {
            let number = name.strip_prefix("Thread-").expect("the default prefix");
            assert!(number.parse::<u64>().unwrap() > 0, "{name}");
        }
        assert!(Thread::new(|| ()).with_name("").name().starts_with("Thread-"));
    });
}

#[test]
fn the_system_knows_a_thread_by_its_name() {
    check(|| {
        let named = |name: &str| {
            let thread = Thread::new(own_system_name).with_name(name);
            thread.start().unwrap();
            assert_eq!(thread.name(), name, "all of it is kept here");
            thread.into_result().unwrap()
        };
        assert_eq!(named("reader"), "reader");
        assert_eq!(named("fifteen letters"), "fifteen letters");
        assert_eq!(named("more than fifteen letters"), "more than fifte");
        assert_eq!(named("fourteen lett.é"), "fourteen lett.");
        assert_eq!(named("日本語のスレッド"), "日本語のス");
        assert_eq!(named("before\0after"), "before");
        assert_eq!(named("\0"), "");
    });
}

/// A thread that tells the system's name of it whenever it is asked.
fn echo() -> (Thread, Sender<()>, Receiver<(String, String)>) {
    let (ask, asked) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let thread = Thread::new(move || {
        while asked.recv().is_ok() {
            tell.send((threading::current_thread().name(), own_system_name())).unwrap();
        }
    });
    thread.start().unwrap();
    (thread, ask, told)
}

#[test]
fn a_running_thread_is_renamed_from_outside() {
    check(|| {
        let (thread, ask, told) = echo();
        for (name, short) in [("a", "a"), ("fourteen lett.é!", "fourteen lett."), ("x\0y", "x")] {
            thread.set_name(name);
            ask.send(()).unwrap();
            assert_eq!(told.recv().unwrap(), (name.to_owned(), short.to_owned()));
        }
        drop(ask);
        thread.join().unwrap();
    });
}

#[test]
fn a_thread_is_renamed_before_and_after_its_life() {
    check(|| {
        let thread = Thread::new(own_system_name).with_name("early");
        thread.set_name("earlier");
        thread.start().unwrap();
        thread.join().unwrap();
        thread.set_name("over");
        assert_eq!(thread.name(), "over");
        assert_eq!(thread.into_result().unwrap(), "earlier");
    });
}

#[test]
fn a_name_that_is_given_late_renames_the_same_thread() {
    check(|| {
        let (thread, ask, told) = echo();
        let ident = thread.ident();
        let thread = thread.with_name("late");
        assert_eq!((thread.ident(), thread.is_alive()), (ident, true));
        ask.send(()).unwrap();
        assert_eq!(told.recv().unwrap(), ("late".to_owned(), "late".to_owned()));
        drop(ask);
        thread.join().unwrap();
        thread.into_result().unwrap();
    });
}

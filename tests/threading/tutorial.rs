//! The sections of a tutorial of Python's threads, one test each.

use std::sync::{Arc, Mutex, PoisonError};

use concurrent_futures::sync::Lock;
use concurrent_futures::threading::{self, Runnable, Thread};

use crate::watchdog::check;

type Log = Arc<Mutex<Vec<String>>>;

fn note(log: &Log, line: impl Into<String>) {
    log.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
}

#[test]
fn creating_starting_and_joining() {
    check(|| {
        let log = Log::default();
        let threads: Vec<Thread> = (1..=3)
            .map(|number| {
                let log = Arc::clone(&log);
                Thread::new(move || note(&log, format!("thread {number}")))
            })
            .collect();
        assert!(log.lock().unwrap().is_empty(), "made is not started");
        threads.iter().for_each(|thread| thread.start().unwrap());
        threads.iter().for_each(|thread| thread.join().unwrap());
        let mut lines = log.lock().unwrap().clone();
        lines.sort();
        assert_eq!(lines, ["thread 1", "thread 2", "thread 3"]);
    });
}

#[test]
fn executing_functions_with_arguments() {
    fn send_email((log, address): (Log, &str)) {
        note(&log, format!("sent to {address}"));
    }
    check(|| {
        let log = Log::default();
        let thread = Thread::with_args(send_email, (Arc::clone(&log), "example@email.com"));
        thread.start().unwrap();
        thread.join().unwrap();
        assert_eq!(*log.lock().unwrap(), ["sent to example@email.com"]);
    });
}

struct MyThread {
    log: Log,
    param_name: String,
}

impl Runnable for MyThread {
    type Output = ();

    fn run(self) {
        note(&self.log, format!("a thread is running with {}", self.param_name));
    }
}

#[test]
fn the_object_oriented_way() {
    check(|| {
        let log = Log::default();
        let runnable = MyThread { log: Arc::clone(&log), param_name: "a parameter".into() };
        let thread = Thread::from_runnable(runnable).with_name("mine");
        assert_eq!(thread.name(), "mine");
        thread.start().unwrap();
        thread.join().unwrap();
        assert_eq!(*log.lock().unwrap(), ["a thread is running with a parameter"]);
    });
}

#[test]
fn identity_tells_the_stages_apart() {
    check(|| {
        let thread = Thread::new(threading::get_ident);
        assert!(thread.ident().is_none() && !thread.is_alive());
        thread.start().unwrap();
        let ident = thread.ident();
        assert!(ident.is_some());
        thread.join().unwrap();
        assert!(thread.ident() == ident && !thread.is_alive());
        assert_eq!(Some(thread.into_result().unwrap()), ident);
    });
}

#[test]
fn threads_queue_on_a_lock() {
    check(|| {
        let (lock, log) = (Arc::new(Lock::new()), Log::default());
        let run_sql_query = |(lock, log, number): (Arc<Lock>, Log, u32)| {
            lock.acquire_raw();
            note(&log, format!("running {number}"));
            note(&log, format!("done {number}"));
            lock.release().unwrap();
        };
        let threads: Vec<Thread> = (0..10)
            .map(|number| {
                let args = (Arc::clone(&lock), Arc::clone(&log), number);
                let thread = Thread::with_args(run_sql_query, args);
                thread.start().unwrap();
                thread
            })
            .collect();
        threads.iter().for_each(|thread| thread.join().unwrap());
        let lines = log.lock().unwrap();
        assert_eq!(lines.len(), 20);
        for pair in lines.chunks(2) {
            assert_eq!(pair[0].replace("running", "done"), pair[1], "nobody came between");
        }
    });
}

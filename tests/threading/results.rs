//! What a thread returned, or its panic.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::mpsc;

use concurrent_futures::TaskErrorKind;
use concurrent_futures::threading::{self, Runnable, Thread};

use crate::watchdog::check;

fn started<T: Send + 'static>(target: impl FnOnce() -> T + Send + 'static) -> Thread<T> {
    let thread = Thread::new(target);
    thread.start().unwrap();
    thread
}

#[test]
fn a_result_is_moved_out() {
    check(|| {
        assert_eq!(started(|| vec![1, 2, 3]).into_result().unwrap(), [1, 2, 3]);
        let doubled = Thread::with_args(|(a, b): (i32, i32)| a * b, (6, 7));
        doubled.start().unwrap();
        assert_eq!(doubled.into_result().unwrap(), 42);
    });
}

/// A value that may move between threads, but not be shared by them.
#[test]
fn a_result_need_not_be_sync() {
    check(|| {
        let (tell, told) = mpsc::channel::<u8>();
        let back = started(move || told).into_result().unwrap();
        tell.send(9).unwrap();
        assert_eq!(back.recv().unwrap(), 9);
    });
}

#[test]
fn a_panic_tells_message_place_and_thread() {
    check(|| {
        let thread = Thread::new(|| -> u8 { panic!("number {}", 7) }).with_name("first name");
        thread.start().unwrap();
        let error = thread.into_result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        let panic = error.panic().unwrap();
        assert_eq!((panic.message(), panic.thread()), ("number 7", Some("first name")));
        assert!(panic.location().unwrap().starts_with("tests/threading/results.rs:"), "{error}");
    });
}

#[test]
fn a_panic_tells_the_name_that_the_thread_had_then() {
    check(|| {
        let (go, wait) = mpsc::channel::<()>();
        let thread = started(move || -> () {
            let _ = wait.recv();
            panic!("late");
        });
        thread.set_name("renamed");
        drop(go);
        let error = thread.into_result().unwrap_err();
        assert_eq!(error.panic().unwrap().thread(), Some("renamed"));
    });
}

#[test]
fn a_panic_goes_on_with_its_payload() {
    check(|| {
        let error = started(|| -> () { panic_any(77_u8) }).into_result().unwrap_err();
        let payload = catch_unwind(AssertUnwindSafe(|| error.resume())).unwrap_err();
        assert_eq!(payload.downcast_ref::<u8>(), Some(&77));
    });
}

#[test]
fn a_thread_that_was_never_started_has_no_result() {
    check(|| {
        let error = Thread::new(|| 1).with_name("idle").into_result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Abandoned);
        let told = error.to_string();
        assert!(told.contains("`idle`") && told.contains("call start() first"), "{told}");
    });
}

#[test]
fn a_thread_that_asks_for_its_own_result_is_told_so() {
    check(|| {
        let (give, given) = mpsc::channel::<Thread<()>>();
        let (tell, told) = mpsc::channel();
        let thread = Thread::new(move || {
            let own = given.recv().unwrap();
            tell.send(own.into_result().unwrap_err().kind()).unwrap();
        });
        thread.start().unwrap();
        give.send(thread).unwrap();
        assert_eq!(told.recv().unwrap(), TaskErrorKind::Deadlock);
    });
}

struct Sum(Vec<u32>);

impl Runnable for Sum {
    type Output = u32;

    fn run(self) -> u32 {
        self.0.into_iter().sum()
    }
}

#[test]
fn an_object_runs() {
    check(|| {
        let thread = Thread::from_runnable(Sum(vec![1, 2, 3])).with_stack_size(1 << 20);
        thread.start().unwrap();
        assert_eq!(thread.into_result().unwrap(), 6);
    });
}

#[test]
fn a_stack_is_as_large_as_asked_for() {
    #[inline(never)]
    fn fill(bytes: usize) -> u8 {
        let block = std::hint::black_box([1_u8; 64 << 10]);
        if bytes < block.len() { block[0] } else { fill(bytes - block.len()) | block[1] }
    }
    check(|| {
        let thread = Thread::new(|| fill(48 << 20)).with_stack_size(128 << 20);
        thread.start().unwrap();
        assert_eq!(thread.into_result().unwrap(), 1);
        let usual = Thread::new(|| fill(64 << 10)).with_stack_size(0);
        usual.start().unwrap();
        assert_eq!(usual.into_result().unwrap(), 1);
    });
}

#[test]
fn a_thread_knows_itself() {
    check(|| {
        let info = started(threading::current_thread).into_result().unwrap();
        assert!(!info.is_alive(), "it is told apart from a living one");
        assert!(info.ident().is_some());
    });
}

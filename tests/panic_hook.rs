//! The program's own panic hook: it still runs, and the place of a panic is known all the same.
//!
//! A process of its own, for there is one hook in a process.

use std::panic;
use std::process::Command;
use std::sync::Mutex;
use std::{env, mem};

use concurrent_futures::{Future, TaskError, TaskErrorKind, ThreadPoolExecutor, promise};

#[path = "support/watchdog.rs"]
mod watchdog;

use watchdog::check;

/// What the program's own hook has seen.
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Makes this process the one that the parent asked for a backtrace.
const ASKED: &str = "CF_TEST_BACKTRACE";

fn seen() -> Vec<String> {
    mem::take(&mut *SEEN.lock().unwrap())
}

fn note(info: &panic::PanicHookInfo<'_>) {
    let text = info.payload_as_str().unwrap_or("no text").to_owned();
    SEEN.lock().unwrap().push(text);
}

fn error_of(future: Future<()>) -> TaskError {
    future.result().expect_err("the task has panicked")
}

#[test]
fn the_programs_hook_and_the_pools_know_of_every_panic() {
    if env::var_os(ASKED).is_some() {
        return;
    }
    check(|| {
        panic::set_hook(Box::new(note));
        let builder = ThreadPoolExecutor::builder().max_workers(1).thread_name_prefix("hooked");
        let pool = builder.build().unwrap();
        a_task_that_panics(&pool);
        a_callback_that_panics(&pool);
        a_panic_that_is_none_of_the_pools();
        a_hook_set_later(&pool);
        let _ = panic::take_hook();
    });
}

fn a_task_that_panics(pool: &ThreadPoolExecutor) {
    let line = line!() + 1;
    let error = error_of(pool.spawn(|| panic!("in a task")));
    assert_eq!(seen(), ["in a task"], "the hook runs once");
    let info = error.panic().expect("it has panicked");
    assert_eq!((info.message(), info.thread()), ("in a task", Some("hooked_0")));
    let location = info.location().expect("the pool's hook has seen it");
    assert!(location.contains(&format!("panic_hook.rs:{line}:")), "{location}");
    assert!(error.to_string().contains(location), "{error}");
}

fn a_callback_that_panics(pool: &ThreadPoolExecutor) {
    let (promise, future) = promise::<()>();
    future.add_done_callback(|_| panic!("in a callback"));
    future.add_done_callback(|_| panic!("in the next"));
    promise.set_result(()).unwrap();
    assert_eq!(seen(), ["in a callback", "in the next"]);
    pool.spawn(|| ()).result().unwrap();
}

fn a_panic_that_is_none_of_the_pools() {
    assert!(panic::catch_unwind(|| panic!("elsewhere")).is_err());
    assert_eq!(seen(), ["elsewhere"]);
}

/// Who replaces the hook costs the pool the place of the panic, and nothing else.
fn a_hook_set_later(pool: &ThreadPoolExecutor) {
    panic::set_hook(Box::new(note));
    let error = error_of(pool.spawn(|| panic!("unplaced")));
    assert_eq!(seen(), ["unplaced"]);
    assert_eq!(error.kind(), TaskErrorKind::Panicked);
    assert_eq!(error.panic().unwrap().message(), "unplaced");
    assert_eq!(error.panic().unwrap().location(), None);
}

/// Whether backtraces are taken is decided once in a process, by its environment.
#[test]
fn a_backtrace_is_there_when_it_is_enabled() {
    if let Some(expected) = env::var_os(ASKED) {
        return child(expected == "1");
    }
    for asked in ["0", "1"] {
        let test = "a_backtrace_is_there_when_it_is_enabled";
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", test])
            .env(ASKED, asked)
            .env("RUST_BACKTRACE", asked)
            .env_remove("RUST_LIB_BACKTRACE")
            .output()
            .expect("this test starts itself");
        let told = String::from_utf8_lossy(&output.stdout);
        let passed = output.status.success() && told.contains("1 passed");
        assert!(passed, "with RUST_BACKTRACE={asked}: {told}");
    }
}

fn child(expected: bool) {
    check(|| {
        let pool = ThreadPoolExecutor::new(1).unwrap();
        let error = error_of(pool.spawn(|| panic!("traced")));
        let backtrace = error.panic().expect("it has panicked").backtrace();
        assert_eq!(backtrace.is_some(), expected);
        assert!(backtrace.is_none_or(|text| text.contains("panic_hook")), "{backtrace:?}");
    });
}

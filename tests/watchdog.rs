//! The watchdog of the other tests bites: a hang ends its process, and shows where it hung.

use std::process::{Command, Stdio};
use std::{env, thread};

#[path = "support/watchdog.rs"]
mod watchdog;

use watchdog::check;

/// Makes this process the one that hangs.
const HANG: &str = "CF_TEST_HANG";

#[test]
fn a_hang_is_a_failure_that_shows_every_thread() {
    if env::var_os(HANG).is_some() {
        return check(|| {
            let sleeper = thread::Builder::new().name("sleeper".to_owned());
            sleeper.spawn(thread::park).unwrap().join().unwrap();
        });
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_hang_is_a_failure_that_shows_every_thread"])
        .env(HANG, "1")
        .env("CF_WATCHDOG_SCALE", "0.01")
        .stdout(Stdio::null())
        .output()
        .expect("this test starts itself");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{told}");
    for word in ["watchdog: `a_hang", "comm: sleeper", "wchan"] {
        assert!(told.contains(word), "no `{word}` in {told}");
    }
}

#[test]
fn a_body_in_time_is_left_alone() {
    assert_eq!(check(|| 7), 7);
}

use super::{Identity, parse};
use std::process::{Command, Stdio};

#[test]
fn this_process_lives() {
    let me = Identity::current();
    assert_eq!((me.pid, me), (std::process::id(), Identity::current()));
    assert!(me.born > 0 && me.is_alive());
}

#[test]
fn a_number_that_was_given_again_is_another_process() {
    let me = Identity::current();
    assert!(!Identity { born: me.born + 1, ..me }.is_alive());
    assert!(Identity { born: 0, ..me }.is_alive(), "in doubt it is");
}

#[test]
fn a_process_that_was_not_waited_for_has_ended() {
    let mut child =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let identity = Identity { pid: child.id(), born: parse(&stat).unwrap().born };
    assert!(identity.is_alive());
    child.kill().unwrap();
    while identity.is_alive() {
        std::thread::yield_now();
    }
    child.wait().unwrap();
    assert!(!identity.is_alive());
}

#[test]
fn what_the_system_shows_is_read() {
    let rest = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
    let shown = parse(&format!("7 (a) b) R {rest} 3 0 4242 9")).unwrap();
    assert!(!shown.ended && shown.born == 4242);
    assert!(parse(&format!("7 (a) Z {rest} 1 0 5")).unwrap().ended);
    assert!(!parse(&format!("7 (a) Z {rest} 2 0 5")).unwrap().ended, "others run on");
    for nonsense in ["", "7", "7 (a)", "7 (a) R 1 2"] {
        assert!(parse(nonsense).is_none());
    }
}

#[test]
fn a_number_that_no_process_has_is_nobody() {
    for pid in [0, u32::MAX, i32::MAX as u32] {
        assert!(!Identity { pid, born: 0 }.is_alive());
    }
}

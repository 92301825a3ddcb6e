//! What came of a process: its result, its panic, or how it died; and data of every size.

use concurrent_futures::TaskErrorKind;
use concurrent_futures::multiprocessing::{Process, ProcessError};
use serde::{Deserialize, Serialize, Serializer};

use crate::census::undisturbed;
use crate::gate::Gate;
use crate::system::{SIGABRT, SIGSEGV, be_standard_error, end_by, exit_now};

fn ended<R: concurrent_futures::Payload>(process: &Process<R>) -> i32 {
    process.start().unwrap();
    process.join().unwrap();
    process.exitcode().unwrap()
}

#[test]
fn a_panic_is_told_as_one() {
    undisturbed(|| {
        let process = Process::new(|n: u8| -> u8 { panic!("on purpose, {n}") }, 3);
        assert_eq!(ended(&process), 101);
        let name = process.name().to_owned();
        let error = process.into_result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::Panicked);
        let panic = error.panic().unwrap();
        assert_eq!(panic.message(), "on purpose, 3");
        assert!(panic.location().unwrap().contains("results.rs"));
        assert!(panic.thread().unwrap().contains(&name));
    });
}

#[test]
fn an_exit_gives_its_code() {
    undisturbed(|| {
        let process = Process::new(|code: i32| std::process::exit(code), 42);
        let process: Process<()> = process;
        assert_eq!(ended(&process), 42);
        let error = process.into_result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::WorkerDied);
        assert_eq!(error.worker_exit().unwrap().code(), Some(42));

        let process: Process<()> = Process::new(|code: i32| exit_now(code), 0);
        assert_eq!(ended(&process), 0);
        assert_eq!(process.into_result().unwrap_err().kind(), TaskErrorKind::WorkerDied);
    });
}

#[test]
fn a_crash_gives_its_signal() {
    undisturbed(|| {
        for signal in [SIGABRT, SIGSEGV] {
            let process: Process<()> = Process::new(|signal: i32| end_by(signal), signal);
            assert_eq!(ended(&process), -signal);
            let error = process.into_result().unwrap_err();
            assert_eq!(error.worker_exit().unwrap().signal(), Some(signal));
        }
    });
}

const LARGE: usize = 64 << 20;

#[test]
fn large_data_travels_both_ways_and_nobody_waits_for_it() {
    undisturbed(|| {
        let process = Process::new(
            |bytes: Vec<u8>| -> Vec<u64> {
                bytes.chunks_exact(8).map(|c| u64::from(c[0])).collect()
            },
            vec![9_u8; LARGE],
        );
        process.start().unwrap();
        // Its result is not read before it has ended.
        process.join().unwrap();
        assert_eq!(process.exitcode(), Some(0));
        let numbers = process.into_result().unwrap();
        assert_eq!(numbers.len(), LARGE / 8);
        assert!(numbers.iter().all(|number| *number == 9));
    });
}

#[test]
fn a_process_that_reads_nothing_holds_up_nobody() {
    undisturbed(|| {
        let process = Process::new(|_: Vec<u8>| (), vec![1_u8; LARGE]);
        process.start().unwrap();
        process.kill().unwrap();
        process.join().unwrap();
    });
}

#[test]
fn values_of_all_kinds_travel() {
    undisturbed(|| {
        let text = Process::new(|text: String| text + "!", "no".to_owned());
        text.start().unwrap();
        assert_eq!(text.into_result().unwrap(), "no!");
        let mixed = Process::new(|(a, b): (Option<u8>, Vec<String>)| (b, a), (None, vec![]));
        mixed.start().unwrap();
        assert_eq!(mixed.into_result().unwrap(), (vec![], None));
    });
}

struct Refused;

impl Serialize for Refused {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("it is secret"))
    }
}

impl<'de> Deserialize<'de> for Refused {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("it was secret"))
    }
}

#[derive(Serialize)]
struct Unreadable;

impl<'de> Deserialize<'de> for Unreadable {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        panic!("nobody can read it")
    }
}

#[test]
fn what_cannot_travel_is_an_error_with_its_reason() {
    undisturbed(|| {
        let process = Process::new(|_: Refused| (), Refused);
        for _ in 0..2 {
            let error = process.start().unwrap_err();
            assert!(matches!(&error, ProcessError::Encode(why) if why.contains("it is secret")));
        }
        assert_eq!(process.pid(), None);

        let process = Process::new(|(): ()| Refused, ());
        assert_eq!(ended(&process), 1);
        let error = process.into_result().err().unwrap();
        assert_eq!(error.kind(), TaskErrorKind::Encode);
        assert!(error.to_string().contains("it is secret"), "{error}");

        let process = Process::new(|_: Unreadable| (), Unreadable);
        assert_eq!(ended(&process), 101, "its Deserialize panics");
        assert_eq!(process.into_result().err().unwrap().kind(), TaskErrorKind::Panicked);

        let process = Process::new(|(): ()| Unreadable, ());
        assert_eq!(ended(&process), 0);
        let error = process.into_result().err().unwrap();
        assert_eq!(error.kind(), TaskErrorKind::Decode);
        assert!(error.to_string().contains("nobody can read it"), "{error}");
    });
}

#[test]
fn standard_input_is_empty_and_a_broken_pipe_an_error() {
    fn story(_: ()) -> (usize, bool) {
        use std::io::{Read, Write};
        let mut input = Vec::new();
        std::io::stdin().read_to_end(&mut input).unwrap();
        let (reader, mut writer) = std::io::pipe().unwrap();
        drop(reader);
        (input.len(), writer.write(&[1]).is_err())
    }
    undisturbed(|| {
        let process = Process::new(story, ());
        process.start().unwrap();
        assert_eq!(process.into_result().unwrap(), (0, true));
    });
}

#[test]
fn a_result_is_kept_for_whoever_dies_after_it() {
    // The thread ends the process while it exits, or the process is faster; what it returned was
    // there before.
    fn story(key: String) -> u8 {
        crate::gate::knock(&key, 0);
        5
    }
    undisturbed(|| {
        let gate = Gate::new();
        let process = Process::new(story, gate.key());
        process.start().unwrap();
        gate.guest().release();
        process.join().unwrap();
        process.kill().unwrap();
        assert_eq!(process.into_result().unwrap(), 5);
    });
}

#[test]
fn a_standard_error_that_nobody_reads_hides_no_reason() {
    fn refused(_: ()) -> Refused {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        be_standard_error(&writer);
        Refused
    }
    undisturbed(|| {
        let process = Process::new(refused, ());
        assert_eq!(ended(&process), 1);
        assert_eq!(process.into_result().err().unwrap().kind(), TaskErrorKind::Encode);
    });
}

//! Where the output of workers goes, and what they can read.

use std::io::{Read, Write};

use concurrent_futures::{ProcessPoolBuilder, TaskErrorKind, WorkerOutput};

use crate::programs::{Ended, run};
use crate::rig::{METHODS, builder};
use crate::watchdog::check;

fn print_and_die(text: String) -> u32 {
    println!("out {text}");
    eprintln!("err {text}");
    std::process::exit(3)
}

fn death(builder: ProcessPoolBuilder) -> concurrent_futures::TaskError {
    let pool = builder.build().unwrap();
    pool.submit(print_and_die, "last words".to_owned()).result().unwrap_err()
}

#[test]
fn what_is_captured_is_in_the_error() {
    check(|| {
        for method in METHODS {
            let both = builder(1).stdout(WorkerOutput::Capture).stderr(WorkerOutput::Capture);
            let error = death(both.start_method(method));
            assert_eq!(error.kind(), TaskErrorKind::WorkerDied);
            let exit = error.worker_exit().unwrap();
            assert_eq!(exit.code(), Some(3));
            assert_eq!(exit.stdout_tail(), Some("out last words"));
            assert_eq!(exit.stderr_tail(), Some("err last words"));
            let text = error.to_string();
            assert!(text.contains("err last words"), "{text}");
        }
    });
}

#[test]
fn what_is_not_captured_is_not_in_the_error() {
    check(|| {
        for output in [WorkerOutput::Null, WorkerOutput::Capture] {
            let error = death(builder(1).stdout(WorkerOutput::Null).stderr(output));
            let exit = error.worker_exit().unwrap();
            assert_eq!(exit.stdout_tail(), None);
            assert_eq!(exit.stderr_tail().is_some(), output == WorkerOutput::Capture);
        }
    });
}

#[test]
fn of_much_only_the_end_is_kept() {
    check(|| {
        let pool = builder(1).stderr(WorkerOutput::Capture).build().unwrap();
        let flood = |lines: u32| -> u32 {
            (0..lines).for_each(|line| eprintln!("line {line} {}", "x".repeat(100)));
            std::process::exit(3)
        };
        let error = pool.submit(flood, 20_000).result().unwrap_err();
        let tail = error.worker_exit().unwrap().stderr_tail().unwrap();
        assert!(tail.contains("line 19999 ") && !tail.contains("line 19000 "), "{tail}");
        assert!(tail.len() < 10_000);
    });
}

#[test]
fn a_flood_into_nothing_holds_nobody_up() {
    check(|| {
        for output in [WorkerOutput::Null, WorkerOutput::Capture] {
            let pool = builder(1).stdout(output).build().unwrap();
            let flood = |bytes: usize| std::io::stdout().write_all(&vec![b'x'; bytes]).is_ok();
            assert!(pool.submit(flood, 4 << 20).result().unwrap());
        }
    });
}

#[test]
fn standard_input_is_empty() {
    check(|| {
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            let read = |_: ()| std::io::stdin().read(&mut [0; 16]).unwrap();
            assert_eq!(pool.submit(read, ()).result().unwrap(), 0, "{method:?}");
        }
    });
}

#[test]
fn closing_the_standard_descriptors_harms_nobody() {
    check(|| {
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            let close = |_: ()| {
                for fd in 0..3 {
                    // SAFETY: nothing of this worker writes to them any more.
                    unsafe { libc::close(fd) };
                }
                std::process::id()
            };
            let worker = pool.submit(close, ()).result().unwrap();
            let print = |text: String| {
                // The macro would panic where there is nothing to write to.
                let _ = writeln!(std::io::stdout(), "{text}");
                std::process::id()
            };
            assert_eq!(pool.submit(print, "nowhere".to_owned()).result().unwrap(), worker);
            let sum = pool.map(|n: u64| n, 0..500).map(Result::unwrap).sum::<u64>();
            assert_eq!(sum, 124_750);
        }
    });
}

#[test]
fn output_is_inherited_unless_it_is_not_wanted() {
    check(|| {
        for method in ["spawn", "fork-server"] {
            let Ended { stdout, stderr, status } = run("output", &[method]);
            assert!(status.success(), "{stderr}");
            assert!(stdout.contains("out inherited\n"), "{stdout}");
            assert!(stderr.contains("err inherited\n"), "{stderr}");
            assert!(!stdout.contains("hidden") && !stderr.contains("hidden"));
        }
    });
}

/// The program for the test above.
pub(crate) fn program(method: concurrent_futures::StartMethod) {
    let print = |text: String| {
        println!("out {text}");
        eprintln!("err {text}");
    };
    let open = builder(1).start_method(method).build().unwrap();
    open.submit(print, "inherited".to_owned()).result().unwrap();
    let closed = builder(1).stdout(WorkerOutput::Null).stderr(WorkerOutput::Null);
    let closed = closed.start_method(method).build().unwrap();
    closed.submit(print, "hidden".to_owned()).result().unwrap();
}

//! A process from its making to its end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use concurrent_futures::multiprocessing::{Process, ProcessError, current_process, join_all};

use crate::census::undisturbed;
use crate::gate::{Gate, knock};
use crate::system::{SIGKILL, SIGTERM, command, state};

fn stand(key: String) {
    knock(&key, 0);
}

/// A process that stands in the gate.
fn standing(gate: &Gate) -> (Process, crate::gate::Guest) {
    let process = Process::new(stand, gate.key());
    process.start().unwrap();
    let guest = gate.guest();
    (process, guest)
}

#[test]
fn it_is_made_started_and_joined() {
    undisturbed(|| {
        let gate = Gate::new();
        let process = Process::new(stand, gate.key());
        assert_eq!((process.is_alive(), process.pid(), process.exitcode()), (false, None, None));
        process.start().unwrap();
        let guest = gate.guest();
        assert_eq!(process.pid(), Some(guest.pid));
        assert_ne!(guest.pid, std::process::id());
        assert!(process.is_alive());
        assert_eq!(process.exitcode(), None);
        assert!(!process.join_timeout(Duration::ZERO).unwrap());
        assert!(!process.join_timeout(Duration::from_millis(1)).unwrap());
        let pid = guest.pid;
        guest.release();
        process.join().unwrap();
        assert!(process.join_timeout(Duration::MAX).unwrap());
        assert_eq!((process.is_alive(), process.exitcode()), (false, Some(0)));
        assert_eq!(process.pid(), Some(pid), "kept");
        assert_eq!(state(pid), None, "no zombie");
        process.into_result().unwrap();
    });
}

#[test]
fn it_is_started_once() {
    undisturbed(|| {
        let process = Process::new(|(): ()| (), ());
        process.start().unwrap();
        assert!(matches!(process.start(), Err(ProcessError::AlreadyStarted)));
        process.join().unwrap();
        assert!(matches!(process.start(), Err(ProcessError::AlreadyStarted)));
    });
}

#[test]
fn one_of_many_who_start_it_at_once_does() {
    undisturbed(|| {
        let process = Process::new(|(): ()| 7_u8, ());
        let started = || process.start().is_ok();
        let starts = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(started)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).filter(|b| *b).count()
        });
        assert_eq!(starts, 1);
        assert_eq!(process.into_result().unwrap(), 7);
    });
}

#[test]
fn what_needs_a_start_says_so() {
    undisturbed(|| {
        let process = Process::new(|(): ()| (), ());
        let refused = [
            process.join(),
            process.join_timeout(Duration::ZERO).map(|_| ()),
            process.terminate(),
            process.kill(),
            process.interrupt(),
            process.sentinel().map(|_| ()),
        ];
        for refusal in refused {
            let error = refusal.unwrap_err();
            assert!(matches!(error, ProcessError::NotStarted));
            assert!(error.to_string().contains("start()"), "{error}");
        }
        assert!(process.into_result().unwrap_err().to_string().contains("start()"));
    });
}

#[test]
fn its_name_is_seen_from_within_and_without() {
    fn names(_: ()) -> (String, String, String) {
        use concurrent_futures::multiprocessing::{current_process, parent_process};
        let comm = std::fs::read_to_string("/proc/self/comm").unwrap();
        let parent = parent_process().unwrap();
        (current_process().name().to_owned(), parent.name().to_owned(), comm.trim().to_owned())
    }
    undisturbed(|| {
        let process = Process::new(names, ()).with_name("a long name of a process");
        assert_eq!(process.name(), "a long name of a process");
        process.start().unwrap();
        let (own, parent, comm) = process.into_result().unwrap();
        assert_eq!(own, "a long name of a process");
        assert_eq!(parent, "MainProcess");
        assert_eq!(comm, "a long name of");

        let numbered = Process::new(names, ());
        let name = numbered.name().to_owned();
        assert!(name.starts_with("Process-"), "{name}");
        numbered.start().unwrap();
        assert_eq!(numbered.into_result().unwrap().0, name);
    });
}

#[test]
fn ps_shows_its_name() {
    undisturbed(|| {
        let gate = Gate::new();
        let process = Process::new(stand, gate.key()).with_name("seen by ps");
        process.start().unwrap();
        let guest = gate.guest();
        assert!(command(guest.pid).contains("[seen by ps]"), "{}", command(guest.pid));
        guest.release();
        process.join().unwrap();
    });
}

#[test]
fn it_can_be_ended_in_three_ways() {
    undisturbed(|| {
        let gate = Gate::new();
        type End = fn(&Process) -> Result<(), ProcessError>;
        let ways: [(End, i32); 3] =
            [(Process::terminate, SIGTERM), (Process::kill, SIGKILL), (Process::interrupt, 2)];
        for (end, signal) in ways {
            let (process, guest) = standing(&gate);
            end(&process).unwrap();
            guest.gone();
            process.join().unwrap();
            assert_eq!(process.exitcode(), Some(-signal));
            // An ended process is as it should be.
            end(&process).unwrap();
            let error = process.into_result().unwrap_err();
            assert_eq!(error.worker_exit().unwrap().signal(), Some(signal));
        }
    });
}

#[test]
fn its_sentinel_is_readable_when_it_has_ended() {
    use rustix_poll::readable;
    undisturbed(|| {
        let gate = Gate::new();
        let (process, guest) = standing(&gate);
        assert!(!readable(process.sentinel().unwrap(), Some(Duration::ZERO)));
        guest.release();
        assert!(readable(process.sentinel().unwrap(), None));
        assert!(!process.is_alive());
        assert!(readable(process.sentinel().unwrap(), Some(Duration::ZERO)), "still");
    });
}

/// Polling a descriptor, as a user would.
mod rustix_poll {
    use std::os::fd::{AsRawFd, BorrowedFd};
    use std::time::Duration;

    pub(super) fn readable(fd: BorrowedFd<'_>, most: Option<Duration>) -> bool {
        crate::system::poll(fd.as_raw_fd(), most.map_or(-1, |most| most.as_millis() as i32))
    }
}

#[test]
fn many_are_started_and_joined() {
    undisturbed(|| {
        let processes: Vec<Process<u64>> =
            (0..20).map(|n| Process::new(|n: u64| n * n, n)).collect();
        processes.iter().for_each(|process| process.start().unwrap());
        let squares: Vec<u64> =
            processes.into_iter().map(|process| process.into_result().unwrap()).collect();
        assert_eq!(squares, (0..20).map(|n| n * n).collect::<Vec<u64>>());
    });
}

#[test]
fn a_name_that_is_empty_is_none() {
    let process = Process::new(stand, String::new()).with_name("");
    assert!(process.name().starts_with("Process-"), "{}", process.name());
}

#[test]
fn a_name_may_have_any_character_in_it() {
    undisturbed(|| {
        let process = Process::new(|(): ()| current_process().name().to_owned(), ());
        let process = process.with_name("before\0after");
        process.start().unwrap();
        assert_eq!(process.into_result().unwrap(), "before\0after");
    });
}

#[test]
fn what_comes_too_late_for_a_process_is_refused() {
    undisturbed(|| {
        let late = |change: fn(Process) -> Process| {
            let gate = Gate::new();
            let (process, guest) = standing(&gate);
            let changed = catch_unwind(AssertUnwindSafe(|| change(process)));
            let text = *changed.err().unwrap().downcast::<String>().unwrap();
            assert!(text.contains("before start()"), "{text}");
            assert!(!matches!(state(guest.pid), None | Some('Z')), "it was no daemon, and goes on");
            guest.release();
            join_all().unwrap();
        };
        late(|process| process.daemon(true));
        late(|process| process.with_name("late"));
    });
}

//! Row 4: a task that takes its process along costs itself, and its end is told as it was.

use concurrent_futures::WorkerExit;

use crate::census::either_way;
use crate::pools::{assert_usable, death, error, pool};
use crate::system::{self, SIGABRT, SIGBUS, SIGSEGV, end_by, exit_now, write_nowhere};

/// The end of a worker by this task, while others run in the pool. A result would be `u64`.
fn end_of(task: fn(u64) -> u64, check: fn(&WorkerExit)) {
    either_way(|method| {
        let pool = pool(method, 2);
        let before: Vec<_> = (0..10).map(|n| pool.submit(|n: u64| n + 1, n)).collect();
        let future = pool.submit(task, 1);
        let after: Vec<_> = (0..10).map(|n| pool.submit(|n: u64| n + 1, n)).collect();
        let error = error(future);
        let exit = death(&error);
        assert!(!pool.worker_pids().contains(&exit.pid()), "{error}: it is still there");
        assert!(system::state(exit.pid()).is_none(), "{error}: it was not waited for");
        check(&exit);
        for (n, future) in (0..).zip(before).chain((0..).zip(after)) {
            assert_eq!(future.result().unwrap(), n + 1);
        }
        assert_usable(&pool);
    });
}

fn code(exit: &WorkerExit, code: i32) {
    assert_eq!((exit.code(), exit.signal()), (Some(code), None), "{exit:?}");
}

fn by_signal(exit: &WorkerExit, signal: i32) {
    assert_eq!((exit.code(), exit.signal()), (None, Some(signal)), "{exit:?}");
}

#[test]
fn exit() {
    end_of(|n| std::process::exit(n as i32 + 2), |exit| code(exit, 3));
}

#[test]
fn exit_with_zero() {
    end_of(|n| std::process::exit(n as i32 - 1), |exit| code(exit, 0));
}

#[test]
fn exit_without_ceremony() {
    end_of(|n| exit_now(n as i32 + 41), |exit| code(exit, 42));
}

#[test]
fn abort() {
    end_of(|_| std::process::abort(), |exit| by_signal(exit, SIGABRT));
}

/// What a panic is in a program that is built with `panic = "abort"`.
#[test]
fn a_panic_that_cannot_unwind() {
    extern "C" fn no_way_out(n: u64) -> u64 {
        assert!(n == 0, "a panic that cannot unwind");
        n
    }
    end_of(|n| no_way_out(n), |exit| by_signal(exit, SIGABRT));
}

#[test]
fn a_write_to_nowhere() {
    let task = |n| {
        write_nowhere();
        n
    };
    end_of(task, |exit| by_signal(exit, SIGSEGV));
}

#[test]
fn a_bus_error() {
    end_of(|_| end_by(SIGBUS), |exit| by_signal(exit, SIGBUS));
}

/// Rust's own handler, or the library's, ends the process by SIGABRT; without either it is SIGSEGV.
#[test]
fn a_stack_overflow() {
    fn deep(n: u64) -> u64 {
        let room = std::hint::black_box([n; 64]);
        if n == 0 { 0 } else { deep(n + 1) + room[room.len() - 1] }
    }
    end_of(deep, |exit| {
        let signal = exit.signal().unwrap();
        assert!([SIGABRT, SIGSEGV].contains(&signal), "{exit:?}");
    });
}

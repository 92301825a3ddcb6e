//! What a task leaves behind in its worker.

use std::os::fd::RawFd;

use concurrent_futures::TaskErrorKind;

use crate::rig::{METHODS, builder, pid, pool};
use crate::watchdog::check;

#[test]
fn a_task_that_leaves_threads_behind_is_done() {
    check(|| {
        let leave = |_: ()| {
            for _ in 0..3 {
                std::thread::spawn(|| {
                    loop {
                        std::thread::park();
                    }
                });
            }
            std::process::id()
        };
        let pool = builder(1).max_tasks_per_child(2).build().unwrap();
        let first = pool.submit(leave, ()).result().unwrap();
        assert_eq!(pool.submit(pid, ()).result().unwrap(), first);
        assert_ne!(pool.submit(pid, ()).result().unwrap(), first, "a clean worker");
        pool.shutdown();
    });
}

#[test]
fn what_a_task_changes_is_gone_with_its_worker() {
    check(|| {
        let change = |_: ()| {
            std::env::set_current_dir("/proc").unwrap();
            let few = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
            // SAFETY: it reads a local.
            let limited = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const few) };
            // SAFETY: it takes a number.
            let _before = unsafe { libc::umask(0o777) };
            assert_eq!(limited, 0);
        };
        let look = |_: ()| {
            // SAFETY: it takes a number.
            let mask = unsafe { libc::umask(0o22) };
            (std::env::current_dir().unwrap(), mask)
        };
        for method in METHODS {
            let pool = builder(1).max_tasks_per_child(2).start_method(method).build().unwrap();
            pool.submit(change, ()).result().unwrap();
            let (changed, mask) = pool.submit(look, ()).result().unwrap();
            assert_eq!((changed.to_str(), mask), (Some("/proc"), 0o777));
            let (clean, mask) = pool.submit(look, ()).result().unwrap();
            assert_eq!(clean, std::env::current_dir().unwrap());
            assert_ne!(mask, 0o777);
        }
    });
}

fn close_all(_: ()) -> u32 {
    for fd in 3..1024 {
        // SAFETY: that these are not this task's own is what is tested.
        unsafe { libc::close(fd) };
    }
    7
}

#[test]
fn a_task_that_closes_what_it_does_not_own_costs_itself() {
    check(|| {
        for method in METHODS {
            let pool = builder(1).start_method(method).build().unwrap();
            let error = pool.submit(close_all, ()).result().unwrap_err();
            assert_eq!(error.kind(), TaskErrorKind::WorkerDied, "{error}");
            assert_eq!(pool.submit(|n: u8| n, 1).result().unwrap(), 1);
            let after: Vec<_> = (0..5).map(|n: u32| pool.submit(|n: u32| n, n)).collect();
            assert!(after.into_iter().map(|future| future.result().unwrap()).eq(0..5));
        }
    });
}

#[test]
fn an_item_that_closes_what_it_does_not_own_costs_itself() {
    check(|| {
        let pool = pool(1);
        let some = |n: u32| if n == 3 { close_all(()) } else { n };
        for chunk in [1, 8] {
            let results: Vec<_> = pool.map(some, 0..8).chunksize(chunk).collect();
            let failed: Vec<usize> = (0..8).filter(|n| results[*n].is_err()).collect();
            // Within a chunk it is found out at the end at the latest, and before that when the
            // program has to be woken: then the result of this item is already there.
            let kinds = failed.iter().map(|n| results[*n].as_ref().unwrap_err().kind());
            assert!(kinds.eq(failed.iter().map(|_| TaskErrorKind::WorkerDied)), "{results:?}");
            match chunk {
                1 => assert_eq!(failed, [3]),
                _ => assert!(failed.len() <= 1 && failed.iter().all(|n| *n >= 3), "{results:?}"),
            }
        }
    });
}

/// The descriptors of this worker that are pipes which it can write to, beside the standard ones.
fn reply_pipes() -> Vec<RawFd> {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let numbers = open.filter_map(|entry| entry.file_name().to_str()?.parse::<RawFd>().ok());
    let is_pipe = |fd: &RawFd| {
        let target = std::fs::read_link(format!("/proc/self/fd/{fd}"));
        target.is_ok_and(|target| target.to_string_lossy().starts_with("pipe:"))
    };
    // SAFETY: it only asks.
    let mode = |fd: &RawFd| unsafe { libc::fcntl(*fd, libc::F_GETFL) } & libc::O_ACCMODE;
    numbers.filter(|fd| *fd > 2 && is_pipe(fd) && mode(fd) == libc::O_WRONLY).collect()
}

fn scribble(garbage: Vec<u8>) -> usize {
    let pipes = reply_pipes();
    for fd in &pipes {
        // SAFETY: it reads as many bytes as there are.
        unsafe { libc::write(*fd, garbage.as_ptr().cast(), garbage.len()) };
    }
    // The program ends this worker when it has read that.
    loop {
        assert!(!pipes.is_empty());
        std::thread::park();
    }
}

#[test]
fn garbage_in_the_pipe_of_replies_costs_the_worker() {
    check(|| {
        let pool = pool(1);
        let noise: Vec<u8> = (0..400_u32).map(|n| (n * 131 % 251) as u8).collect();
        for garbage in [vec![0xFF; 64], vec![0; 4096], noise, vec![0xFF; 5000], vec![1; 33]] {
            let error = pool.submit(scribble, garbage.clone()).result().unwrap_err();
            assert_eq!(error.kind(), TaskErrorKind::WorkerDied, "{error}");
            assert_eq!(pool.submit(|n: u8| n, 1).result().unwrap(), 1);
        }
    });
}

/// A frame that was begun and never ended.
#[test]
fn half_a_frame_and_then_the_end_is_a_death() {
    check(|| {
        let pool = pool(1);
        let half = |_: ()| -> u32 {
            for fd in reply_pipes() {
                // SAFETY: it reads the one byte there is.
                unsafe { libc::write(fd, [0_u8].as_ptr().cast(), 1) };
            }
            std::process::exit(8)
        };
        let error = pool.submit(half, ()).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::WorkerDied, "{error}");
        assert_eq!(error.worker_exit().unwrap().code(), Some(8));
        assert_eq!(pool.submit(|n: u8| n, 1).result().unwrap(), 1);
    });
}

#[test]
fn a_worker_that_closes_its_replies_and_goes_on_is_found() {
    check(|| {
        let pool = builder(1).start_timeout(std::time::Duration::from_millis(500)).build().unwrap();
        let close = |_: ()| -> u32 {
            for fd in reply_pipes() {
                // SAFETY: that it is not this task's own is what is tested.
                unsafe { libc::close(fd) };
            }
            3
        };
        let error = pool.submit(close, ()).result().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::WorkerDied, "{error}");
        assert_eq!(pool.submit(|n: u8| n, 1).result().unwrap(), 1);
    });
}

//! Memory and descriptors as arguments and results.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;

use concurrent_futures::sync::process::{Access, Memory, Parcel};
use concurrent_futures::{Future, ProcessPoolExecutor, TaskErrorKind};

use crate::census::either_way;
use crate::gate::Gate;
use crate::pools::{error, hold, pool, quiet};
use crate::system::{SIGKILL, end_by, signal};

fn sum(memory: &Memory) -> u64 {
    memory.as_bytes().unwrap().iter().map(|byte| u64::from(*byte)).sum()
}

fn memory() -> Memory {
    Memory::sealed(&[7; 1000]).unwrap()
}

#[test]
fn memory_is_an_argument() {
    either_way(|method| {
        let (pool, memory) = (pool(method, 2), memory());
        let futures = (0..20).map(|_| pool.submit(|m: Memory| sum(&m), memory.clone()));
        let futures: Vec<Future<u64>> = futures.collect();
        assert!(futures.into_iter().all(|future| future.result().unwrap() == 7000));
    });
}

/// The task is in the queue, and its sender has no handle any more.
#[test]
fn the_sender_drops_its_handle_at_once() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 1), Gate::new());
        let (held, guest) = hold(&pool, &gate, 1);
        let futures: Vec<_> = (0..10).map(|_| pool.submit(|m: Memory| sum(&m), memory())).collect();
        guest.release();
        held.result().unwrap();
        assert!(futures.into_iter().all(|future| future.result().unwrap() == 7000));
    });
}

#[test]
fn the_same_memory_twice_is_the_same_there() {
    either_way(|method| {
        let (pool, memory) = (pool(method, 1), memory());
        let same = |(a, b): (Memory, Vec<Memory>)| b.iter().all(|b| a.is(b));
        let pair = (memory.clone(), vec![memory.clone(), memory.clone()]);
        assert!(pool.submit(same, pair).result().unwrap());
        let other = (memory, vec![self::memory()]);
        assert!(!pool.submit(same, other).result().unwrap());
    });
}

#[test]
fn memory_comes_back_as_what_it_was() {
    either_way(|method| {
        let (pool, memory) = (pool(method, 1), memory());
        let back = pool.submit(|m: Memory| m, memory.clone()).result().unwrap();
        assert!(back.is(&memory));
    });
}

/// The worker goes on to other tasks, and to its end, while nobody has looked at the results.
#[test]
fn memory_that_a_worker_made_is_a_result() {
    either_way(|method| {
        let pool = quiet(2).start_method(method).max_tasks_per_child(3).build().unwrap();
        let make = |n: u8| Memory::sealed(&[n; 100]).unwrap();
        let futures: Vec<Future<Memory>> = (0..30).map(|n| pool.submit(make, n)).collect();
        pool.shutdown();
        for (n, future) in (0..).zip(futures) {
            assert_eq!(sum(&future.result().unwrap()), 100 * n);
        }
    });
}

#[test]
fn a_map_carries_memory_both_ways() {
    either_way(|method| {
        let pool = pool(method, 2);
        let items = (0..100_u8).map(|n| Memory::sealed(&[n; 10]).unwrap());
        let twice = |m: Memory| {
            let bytes: Vec<u8> = m.as_bytes().unwrap().iter().map(|byte| byte * 2).collect();
            Memory::sealed(&bytes).unwrap()
        };
        for (n, memory) in (0..).zip(pool.map(twice, items).chunksize(7)) {
            assert_eq!(sum(&memory.unwrap()), 20 * n);
        }
    });
}

#[test]
fn a_task_that_is_run_again_finds_it() {
    either_way(|method| {
        let pool = quiet(1).start_method(method).retries(2).build().unwrap();
        let gate = Gate::new();
        let future = pool.submit(
            |(key, memory): (String, Memory)| {
                crate::gate::knock(&key, 0);
                sum(&memory)
            },
            (gate.key(), memory()),
        );
        for _ in 0..2 {
            let guest = gate.guest();
            assert!(signal(guest.pid, SIGKILL));
            guest.gone();
        }
        gate.guest().release();
        assert_eq!(future.result().unwrap(), 7000);
    });
}

fn passed_on((depth, memory): (u32, Memory)) -> Memory {
    if depth == 0 {
        return memory;
    }
    let pool = ProcessPoolExecutor::new(1).unwrap();
    pool.submit(passed_on, (depth - 1, memory)).result().unwrap()
}

#[test]
fn a_worker_of_a_worker_gets_it() {
    either_way(|method| {
        let (pool, memory) = (pool(method, 1), memory());
        let back = pool.submit(passed_on, (2, memory.clone())).result().unwrap();
        assert!(back.is(&memory));
    });
}

#[test]
fn an_initializer_gets_it_in_every_worker() {
    either_way(|method| {
        let check = |memory: Memory| match sum(&memory) {
            7000 => Ok(()),
            other => Err(format!("{other} is not what was sent")),
        };
        let pool = quiet(2).start_method(method).initializer(check, memory());
        let pool = pool.max_tasks_per_child(1).build().unwrap();
        for n in 0..6 {
            assert_eq!(pool.submit(|n: u64| n, n).result().unwrap(), n);
        }
    });
}

/// A future that was given up holds nothing either.
#[test]
fn what_was_cancelled_is_let_go() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 1), Gate::new());
        let (held, guest) = hold(&pool, &gate, 1);
        let before = crate::system::descriptors().len();
        let future = pool.submit(|m: Memory| sum(&m), memory());
        assert!(future.cancel());
        assert_eq!(crate::system::descriptors().len(), before);
        guest.release();
        held.result().unwrap();
    });
}

#[test]
fn what_a_killed_worker_had_is_still_here() {
    either_way(|method| {
        let (pool, memory) = (pool(method, 1), memory());
        let killed = pool.submit(
            |memory: Memory| {
                assert_eq!(sum(&memory), 7000);
                end_by(SIGKILL)
            },
            memory.clone(),
        );
        let killed: concurrent_futures::TaskError = error::<()>(killed);
        assert_eq!(killed.kind(), TaskErrorKind::WorkerDied);
        assert_eq!(pool.submit(|m: Memory| sum(&m), memory).result().unwrap(), 7000);
    });
}

fn file(parcel: Parcel) -> std::fs::File {
    let descriptor: OwnedFd = parcel.into_descriptor().unwrap();
    descriptor.into()
}

#[test]
fn an_end_of_a_pipe_is_an_argument() {
    either_way(|method| {
        let pool = pool(method, 1);
        let (mut reader, writer) = std::io::pipe().unwrap();
        let write = |(parcel, text): (Parcel, String)| {
            file(parcel).write_all(text.as_bytes()).unwrap();
        };
        let writer = Parcel::new(writer.into(), Access::Write);
        pool.submit(write, (writer.clone(), "one ".to_owned())).result().unwrap();
        pool.submit(write, (writer, "two".to_owned())).result().unwrap();
        pool.shutdown();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two");
    });
}

#[test]
fn an_end_of_a_pipe_is_a_result() {
    either_way(|method| {
        let pool = pool(method, 1);
        let make = |text: String| {
            let (reader, mut writer) = std::io::pipe().unwrap();
            writer.write_all(text.as_bytes()).unwrap();
            Parcel::new(reader.into(), Access::Read)
        };
        let parcels: Vec<Parcel> = ["one", "two", "three"]
            .map(|text| pool.submit(make, text.to_owned()).result().unwrap())
            .into();
        pool.shutdown();
        for (parcel, expected) in parcels.into_iter().zip(["one", "two", "three"]) {
            let mut text = String::new();
            let mut copy = file(parcel);
            copy.read_to_string(&mut text).unwrap();
            assert_eq!(text, expected);
        }
    });
}

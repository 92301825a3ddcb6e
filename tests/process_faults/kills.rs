//! Rows 3, 5, 6 and 7: somebody kills a worker while it runs, idles, reads or writes.

use std::sync::mpsc::{Sender, channel};

use concurrent_futures::{Future, FutureState, ProcessPoolExecutor, StartMethod, TaskErrorKind};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::census::{either_way, undisturbed};
use crate::gate::{Gate, eventually, knock};
use crate::pools::{assert_signalled, assert_usable, death, error, hold, pool, quiet};
use crate::system::{
    Mortal, SIGCONT, SIGKILL, SIGSTOP, SIGTERM, children, command, signal, state, waits_for_a_pipe,
};

const BIG: usize = 8 << 20;

#[test]
fn killed_while_a_task_runs() {
    for number in [SIGKILL, SIGTERM] {
        either_way(|method| {
            let (pool, gate) = (pool(method, 2), Gate::new());
            let (killed, one) = hold(&pool, &gate, 1);
            let (other, two) = hold(&pool, &gate, 2);
            assert_ne!(one.pid, two.pid);
            assert!(signal(one.pid, number));
            assert_signalled(&error(killed), one.pid, number);
            assert_eq!(other.state(), FutureState::Running);
            // There is a new worker beside the one that is still held.
            let (next, three) = hold(&pool, &gate, 3);
            assert!(![one.pid, two.pid].contains(&three.pid));
            assert!(!pool.worker_pids().contains(&one.pid));
            three.release();
            two.release();
            assert_eq!((other.result().unwrap(), next.result().unwrap()), (2, 3));
            assert_usable(&pool);
        });
    }
}

#[test]
fn all_workers_are_killed_at_once() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 3), Gate::new());
        let held: Vec<_> = (0..3).map(|n| hold(&pool, &gate, n)).collect();
        let queued: Vec<_> = (0..50).map(|n| pool.submit(|n: u64| n, n)).collect();
        for (_, guest) in &held {
            assert!(signal(guest.pid, SIGKILL));
        }
        for (future, guest) in held {
            assert_signalled(&error(future), guest.pid, SIGKILL);
        }
        for (n, future) in (0..).zip(queued) {
            assert_eq!(future.result().unwrap(), n);
        }
    });
}

#[test]
fn killed_again_and_again() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 1), Gate::new());
        for n in 0..10 {
            let (future, guest) = hold(&pool, &gate, n);
            assert!(signal(guest.pid, SIGKILL));
            assert_signalled(&error(future), guest.pid, SIGKILL);
        }
        assert_usable(&pool);
    });
}

fn servers() -> Vec<u32> {
    let mut servers = children();
    servers.retain(|pid| command(*pid).contains("[fork server]"));
    servers
}

/// The process that starts workers is as mortal as they are.
#[test]
fn the_fork_server_is_killed() {
    undisturbed(|| {
        let (pool, gate) = (pool(StartMethod::ForkServer, 2), Gate::new());
        for n in 0..5 {
            let (held, guest) = hold(&pool, &gate, n);
            // A worker that has just been forked is called what the server is, for a moment.
            eventually(|| servers().len() == 1);
            assert!(servers().into_iter().all(|pid| signal(pid, SIGKILL)));
            // The second worker needs another server, and so does the successor of the first.
            assert_usable(&pool);
            let (next, other) = hold(&pool, &gate, n + 10);
            assert!(signal(guest.pid, SIGKILL));
            assert_signalled(&error(held), guest.pid, SIGKILL);
            other.release();
            assert_eq!(next.result().unwrap(), n + 10);
            assert_usable(&pool);
        }
    });
}

#[test]
fn killed_for_using_too_much_memory() {
    const LIMIT: u64 = 100 << 20;
    either_way(|method| {
        let gate = Gate::new();
        let pool = quiet(2).start_method(method).memory_limit(LIMIT).build().unwrap();
        let (other, guest) = hold(&pool, &gate, 1);
        let greedy = |step: usize| {
            let mut hoard = Vec::new();
            loop {
                hoard.push(std::hint::black_box(vec![1_u8; step]));
            }
        };
        let greedy: fn(usize) -> u64 = greedy;
        let error = error(pool.submit(greedy, 1 << 20));
        let exit = death(&error);
        assert_eq!(exit.memory_limit(), Some(LIMIT), "{error}");
        assert!(other.running());
        guest.release();
        assert_eq!(other.result().unwrap(), 1);
        assert_usable(&pool);
    });
}

#[test]
fn an_idle_worker_is_killed() {
    either_way(|method| {
        let pool = pool(method, 2);
        assert_usable(&pool);
        for n in 0..10 {
            // Whether its end is known when the next task comes depends on the time.
            for pid in pool.worker_pids() {
                signal(pid, SIGKILL);
                if n % 2 == 0 {
                    eventually(|| state(pid).is_none_or(|state| state == 'Z'));
                }
            }
            assert_eq!(pool.submit(|n: u64| n + 1, n).result().unwrap(), n + 1);
            let sum: u64 = pool.map(|n: u64| n, 0..10).map(Result::unwrap).sum();
            assert_eq!(sum, 45);
        }
    });
}

/// A command line tool wishes to end when nobody reads what it prints; its pipes to workers are no
/// such pipes.
#[test]
fn a_program_that_dies_of_broken_pipes() {
    either_way(|method| {
        let _mortal = Mortal::new();
        let (pool, gate) = (pool(method, 1), Gate::new());
        // The pool does not notice the end of its worker before it hands it a task.
        let deaf = deafen(&pool, &gate);
        let [pid] = pool.worker_pids()[..] else { panic!("one worker") };
        assert!(signal(pid, SIGKILL));
        eventually(|| state(pid) == Some('Z'));
        let future = pool.submit(|n: u64| n, 5);
        drop(deaf);
        assert_eq!(future.result().unwrap(), 5);
        assert_usable(&pool);
    });
}

/// An argument that stops in the middle of being decoded.
struct Slow(String);

impl Serialize for Slow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.0, 7_u64).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Slow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (key, number) = <(String, u64)>::deserialize(deserializer)?;
        knock(&key, number);
        Ok(Self(key))
    }
}

#[test]
fn killed_while_the_argument_is_decoded() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 1), Gate::new());
        let future = pool.submit(|_: Slow| (), Slow(gate.key()));
        let guest = gate.guest();
        let next = pool.submit(|n: u64| n, 5);
        assert!(signal(guest.pid, SIGKILL));
        assert_signalled(&error(future), guest.pid, SIGKILL);
        assert_eq!(next.result().unwrap(), 5);
    });
}

/// A task of which a part is in the pipe has not begun, so it runs in another worker.
#[test]
fn killed_while_a_task_is_read() {
    either_way(|method| {
        let pool = pool(method, 1);
        for part in [false, true] {
            assert_usable(&pool);
            let [pid] = pool.worker_pids()[..] else { panic!("one worker") };
            assert!(signal(pid, SIGSTOP));
            eventually(|| state(pid) == Some('T'));
            let future = pool.submit(|bytes: Vec<u8>| bytes.len(), vec![7; BIG]);
            let next = pool.submit(|n: u64| n, 5);
            if part {
                signal(pid, SIGCONT);
            }
            assert!(signal(pid, SIGKILL));
            match future.result() {
                Ok(len) => assert_eq!(len, BIG),
                // It went on so fast that it began.
                Err(error) if part => assert_signalled(&error, pid, SIGKILL),
                Err(error) => panic!("it had not begun: {error}"),
            }
            assert_eq!(next.result().unwrap(), 5);
        }
    });
}

/// Keeps the pool's manager busy until what is returned is dropped: results stay where they are.
fn deafen(pool: &ProcessPoolExecutor, gate: &Gate) -> Sender<()> {
    let (future, guest) = hold(pool, gate, 0);
    let (release, released) = channel::<()>();
    let (start, started) = channel();
    future.add_done_callback(move |_| {
        start.send(()).unwrap();
        let _ = released.recv();
    });
    guest.release();
    started.recv().unwrap();
    release
}

fn bytes((key, len): (String, usize)) -> Vec<u8> {
    knock(&key, len as u64);
    vec![7; len]
}

/// A task that is about to return so many bytes.
fn about_to_answer(pool: &ProcessPoolExecutor, gate: &Gate, len: usize) -> Answering {
    let (busy, first) = hold(pool, gate, 1);
    let future = pool.submit(bytes, (gate.key(), len));
    let guest = gate.guest();
    assert_ne!(first.pid, guest.pid);
    first.release();
    busy.result().unwrap();
    Answering { future, guest }
}

struct Answering {
    future: Future<Vec<u8>>,
    guest: crate::gate::Guest,
}

#[test]
fn killed_half_way_through_writing_a_result() {
    either_way(|method| {
        let (pool, gate) = (pool(method, 2), Gate::new());
        let Answering { future, guest } = about_to_answer(&pool, &gate, BIG);
        let deaf = deafen(&pool, &gate);
        let pid = guest.pid;
        guest.release();
        // It sleeps because its pipe is full.
        eventually(|| waits_for_a_pipe(pid));
        assert!(signal(pid, SIGKILL));
        drop(deaf);
        assert_signalled(&error(future), pid, SIGKILL);
        assert_usable(&pool);
    });
}

#[test]
fn killed_after_the_result_was_sent() {
    either_way(|method| {
        // Results of several sizes go different ways.
        for len in [0, 10, 10 << 10, 40 << 10] {
            let (pool, gate) = (pool(method, 2), Gate::new());
            let Answering { future, guest } = about_to_answer(&pool, &gate, len);
            let deaf = deafen(&pool, &gate);
            let pid = guest.pid;
            guest.release();
            // It sleeps because it has nothing to do.
            eventually(|| waits_for_a_pipe(pid));
            assert!(signal(pid, SIGKILL));
            eventually(|| state(pid) == Some('Z'));
            drop(deaf);
            assert_eq!(future.result().unwrap(), vec![7; len]);
            assert_usable(&pool);
        }
    });
}

/// The end of a worker that a task leaves behind, a moment after the task.
#[test]
fn a_worker_that_ends_just_after_its_task() {
    either_way(|method| {
        let pool = pool(method, 2);
        let lethal = |n: u64| {
            std::thread::spawn(|| crate::system::exit_now(5));
            n
        };
        let futures: Vec<Future<u64>> = (0..60).map(|n| pool.submit(lethal, n)).collect();
        for (n, future) in (0..).zip(futures) {
            match future.result() {
                Ok(value) => assert_eq!(value, n),
                // It was the next task's worker by then, or this one's still.
                Err(error) => {
                    assert_eq!(error.kind(), TaskErrorKind::WorkerDied);
                    assert_eq!(error.worker_exit().unwrap().code(), Some(5), "{error}");
                }
            }
        }
        assert_eq!(pool.submit(|n: u64| n, 1).result().ok().unwrap_or(1), 1);
    });
}

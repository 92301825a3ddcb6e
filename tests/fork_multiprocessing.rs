//! The host program forks: its processes are not the children of the copy, which only looks at them.
//!
//! A process of its own with a single test, for a fork copies only the thread that forks, and
//! whatever lock another test held would stay locked in the child for good.
#![expect(unsafe_code, reason = "fork and what a child may do are C functions")]

use std::cell::Cell;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use concurrent_futures::multiprocessing::{Process, ProcessError, Queue, active_children};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[path = "support/fork.rs"]
#[allow(dead_code, reason = "this program needs only a part of it")]
mod fork;
#[path = "support/watchdog.rs"]
mod watchdog;

use fork::in_a_child;
use watchdog::check;

concurrent_futures::init_in_tests!();

fn stay((begun, queue): (Queue<u8>, Queue<u8>)) {
    begun.put(1).unwrap();
    while queue.get().is_ok() {}
}

/// An argument that says when it is encoded, and waits until it may be.
struct Slow(Sender<()>, Receiver<()>);

impl Serialize for Slow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.send(()).unwrap();
        let _may_be = self.1.recv();
        ().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Slow {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        let (tell, told) = channel();
        Ok(Self(tell, told))
    }
}

/// Nobody will ever come to the end of a start that a thread was in the middle of at the fork.
fn a_start_in_another_thread() {
    let ((tell, told), (go, wait)) = (channel(), channel());
    let process = Process::new(|_: Slow| (), Slow(tell, wait));
    thread::scope(|scope| {
        scope.spawn(|| process.start().unwrap());
        told.recv().unwrap();
        in_a_child("it does not wait for the start", || {
            assert!(matches!(process.start(), Err(ProcessError::AlreadyStarted)));
            assert!(matches!(process.join(), Err(ProcessError::NotStarted)));
        });
        drop(go);
    });
    process.join().unwrap();
    assert_eq!(process.exitcode(), Some(0));
}

#[test]
fn a_forked_child_only_looks_at_its_parents_processes() {
    check(|| {
        a_start_in_another_thread();
        let (begun, queue) = (Queue::unbounded().unwrap(), Queue::unbounded().unwrap());
        let process = Process::new(stay, (begun.clone(), queue.clone())).daemon(true);
        process.start().unwrap();
        assert_eq!(begun.get().unwrap(), 1);
        let process = Cell::new(Some(process));
        in_a_child("it is seen, and not ended", || {
            let process = process.take().unwrap();
            assert!(process.is_alive());
            assert!(!process.join_timeout(Duration::from_millis(1)).unwrap());
            assert!(active_children().is_empty());
            // A daemon is killed by this only in the process that has started it.
            drop(process);
        });
        in_a_child("it has children of its own", || {
            let own = Process::new(|n: u8| n + 1, 4_u8).daemon(true);
            own.start().unwrap();
            assert_eq!(own.into_result().unwrap(), 5);
        });
        in_a_child("it shares the queue", || queue.put(2).unwrap());
        let process = process.take().unwrap();
        assert!(process.is_alive(), "the parent is as it was");
        assert_eq!(active_children().len(), 1);
        queue.close();
        process.join().unwrap();
        assert_eq!(process.exitcode(), Some(0));
    });
}

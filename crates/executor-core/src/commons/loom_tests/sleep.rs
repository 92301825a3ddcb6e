//! The program never sleeps while there is something for it: the bell, with all that it is rung
//! for.

use std::sync::Arc;

use loom::sync::{Mutex, Notify};
use loom::thread::{JoinHandle, spawn};

use crate::future::explore;

use super::super::{Bell, Claim, Progress, Ring, Step};

const N: usize = 4;
const SEQ: u32 = 1;

/// The page and the pipe of a worker.
struct Line {
    bell: Bell,
    ring: Ring<N>,
    claim: Claim,
    /// Replies that found no room in the ring.
    pipe: Mutex<Vec<u8>>,
    /// What wakes the program: there is something in a pipe.
    call: Arc<Notify>,
}

fn line(call: &Arc<Notify>) -> Arc<Line> {
    let line = Line {
        bell: Bell::new(),
        ring: Ring::new(),
        claim: Claim::new(),
        pipe: Mutex::default(),
        call: Arc::clone(call),
    };
    line.claim.offer(SEQ);
    Arc::new(line)
}

impl Line {
    /// The worker replies: through the ring, or through the pipe if that is full.
    fn reply(&self, body: u8) {
        // SAFETY: B1: one thread of a model replies.
        if unsafe { self.ring.push([b"r", &[body]]) } {
            return self.announce();
        }
        self.pipe.lock().unwrap().extend([b'r', body]);
        self.call.notify();
    }

    fn announce(&self) {
        if self.bell.due() {
            self.call.notify();
        }
    }

    /// The program takes all that there is.
    fn read(&self, into: &mut Vec<u8>) {
        into.append(&mut self.pipe.lock().unwrap());
        // SAFETY: B1: one thread of a model reads.
        unsafe { self.ring.drain(into) }.unwrap();
    }
}

fn worker(line: &Arc<Line>, replies: &'static [u8]) -> JoinHandle<()> {
    let line = Arc::clone(line);
    spawn(move || replies.iter().for_each(|reply| line.reply(*reply)))
}

/// Sleeps as the manager does, until so many replies have come. A call that is missing is a
/// deadlock.
fn await_replies(lines: &[&Arc<Line>], call: &Notify, count: usize) -> Vec<u8> {
    let mut seen = Vec::new();
    while seen.len() < 2 * count {
        lines.iter().for_each(|line| line.bell.hang());
        if lines.iter().all(|line| line.ring.is_empty()) {
            call.wait();
        }
        lines.iter().for_each(|line| line.read(&mut seen));
    }
    seen
}

/// Each reply once, whatever way it took.
fn assert_once(seen: &[u8], replies: &[u8]) {
    let mut bodies: Vec<u8> = seen.chunks(2).map(|reply| reply[1]).collect();
    bodies.sort_unstable();
    assert_eq!(bodies, replies);
}

#[test]
fn a_reply_wakes() {
    explore(|| {
        let call = Arc::default();
        let line = line(&call);
        let worker = worker(&line, b"1");
        assert_eq!(await_replies(&[&line], &call, 1), b"r1");
        worker.join().unwrap();
    });
}

#[test]
fn each_of_two_replies_wakes() {
    explore(|| {
        let call = Arc::default();
        let line = line(&call);
        let worker = worker(&line, b"12");
        assert_eq!(await_replies(&[&line], &call, 2), b"r1r2");
        worker.join().unwrap();
    });
}

/// The third finds no room unless the program was there meanwhile.
#[test]
fn replies_that_find_no_room_wake_as_well() {
    explore(|| {
        let call = Arc::default();
        let line = line(&call);
        let worker = worker(&line, b"123");
        assert_once(&await_replies(&[&line], &call, 3), b"123");
        worker.join().unwrap();
    });
}

#[test]
fn replies_of_two_workers_wake() {
    explore(|| {
        let call = Arc::default();
        let lines = [line(&call), line(&call)];
        let workers = [worker(&lines[0], b"1"), worker(&lines[1], b"2")];
        assert_once(&await_replies(&[&lines[0], &lines[1]], &call, 2), b"12");
        workers.into_iter().for_each(|worker| worker.join().unwrap());
    });
}

/// A task with a timeout begins: the program sleeps for its time, or is told that it has to.
#[test]
fn the_beginning_of_a_timed_task_wakes() {
    explore(|| {
        let call = Arc::<Notify>::default();
        let line = line(&call);
        let theirs = Arc::clone(&line);
        let worker = spawn(move || {
            assert_eq!(theirs.claim.begin(SEQ, 0), Step::On);
            theirs.announce();
        });
        loop {
            line.bell.hang();
            assert!(line.ring.is_empty());
            match line.claim.progress(SEQ) {
                Progress::Sent => call.wait(),
                progress => break assert_eq!(progress, Progress::Begun(0)),
            }
        }
        worker.join().unwrap();
    });
}

/// The beginning and the answer come one after the other; one call may be for both.
#[test]
fn a_timed_task_that_ends_at_once_wakes() {
    explore(|| {
        let call = Arc::<Notify>::default();
        let line = line(&call);
        let theirs = Arc::clone(&line);
        let worker = spawn(move || {
            assert_eq!(theirs.claim.begin(SEQ, 0), Step::On);
            theirs.announce();
            theirs.reply(b'1');
            assert_eq!(theirs.claim.finish(SEQ, 0), Step::On);
        });
        assert_eq!(await_replies(&[&line], &call, 1), b"r1");
        worker.join().unwrap();
    });
}

/// A program that is awake is not called: the bell that was not hung is not due.
#[test]
fn a_bell_is_rung_once_for_each_hanging() {
    explore(|| {
        let bell = Arc::new(Bell::new());
        let theirs = Arc::clone(&bell);
        let worker = spawn(move || (0..3).filter(|_| theirs.due()).count());
        bell.hang();
        assert!(worker.join().unwrap() <= 1);
        bell.hang();
        assert!(bell.due());
        assert!(!bell.due());
    });
}

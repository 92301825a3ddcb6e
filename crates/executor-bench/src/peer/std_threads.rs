//! std alone: a thread for each task, `spawn` and `join`, as many at a time as there are workers.

use std::collections::VecDeque;
use std::ops::Range;
use std::thread::{self, JoinHandle};

use crate::cost::Task;

use super::pool::{Peer, sum};

/// So many tasks take as long as a turn of the pools.
const MOST: u64 = 20_000;

pub(super) fn start(workers: usize) -> Box<dyn Peer> {
    Box::new(Threads { at_a_time: workers })
}

struct Threads {
    at_a_time: usize,
}

impl Peer for Threads {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let mut out = VecDeque::with_capacity(self.at_a_time);
        let mut total = 0_u64;
        for n in arguments {
            if out.len() == self.at_a_time {
                total = total.wrapping_add(out.pop_front().map_or(0, take));
            }
            out.push_back(thread::spawn(move || task(n)));
        }
        total.wrapping_add(sum(out.into_iter().map(take)))
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        sum(arguments.map(|n| take(thread::spawn(move || task(n)))))
    }

    fn fewer(&self, tasks: u64) -> u64 {
        tasks.min(MOST)
    }
}

fn take(thread: JoinHandle<u64>) -> u64 {
    thread.join().expect("the tasks of a benchmark do not fail")
}

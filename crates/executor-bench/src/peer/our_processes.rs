//! This library's pool of processes: `submit`, then `result`.

use std::ops::Range;

use concurrent_futures::multiprocessing::SharedSlice;
use concurrent_futures::{Future, ProcessPoolExecutor, TaskErrorKind};

use crate::cost::Task;

use super::pool::{OurProcesses, Peer, ProcessPool, StartMethod, held_by, same, sum};

/// In a worker, runs it; anywhere else, comes back at once.
pub(super) fn init() {
    concurrent_futures::init();
}

/// Starts a pool.
///
/// # Errors
///
/// Why there is none, in words.
pub(crate) fn start(workers: usize, how: StartMethod) -> Result<Box<dyn OurProcesses>, String> {
    let how = match how {
        StartMethod::Spawn => concurrent_futures::StartMethod::Spawn,
        StartMethod::ForkServer => concurrent_futures::StartMethod::ForkServer,
    };
    let pool = ProcessPoolExecutor::builder().max_workers(workers).start_method(how).build();
    let pool = pool.map_err(|error| error.to_string())?;
    Ok(Box::new(Ours { pool, workers }))
}

struct Ours {
    pool: ProcessPoolExecutor,
    workers: usize,
}

impl Peer for Ours {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let futures: Vec<_> = arguments.map(|n| self.pool.submit(task, n)).collect();
        sum(futures.into_iter().map(take))
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        sum(arguments.map(|n| take(self.pool.submit(task, n))))
    }
}

impl ProcessPool for Ours {
    fn echo(&self, bytes: Vec<u8>) -> Vec<u8> {
        take(self.pool.submit(same, bytes))
    }

    fn run_behind(&self, gate: &str, arguments: Range<u64>, queued: &mut dyn FnMut()) -> u64 {
        let hold = |_| self.pool.submit(held_by, gate.to_owned());
        let mut futures: Vec<_> = (0..self.workers).map(hold).collect();
        futures.extend(arguments.map(|n| self.pool.submit(same, n)));
        queued();
        sum(futures.into_iter().map(take))
    }
}

impl OurProcesses for Ours {
    fn map(&self, items: Range<u64>, task: Task) -> u64 {
        let results = self.pool.map(task, items);
        sum(results.map(|result| result.expect("the tasks of a benchmark do not fail")))
    }

    fn worker_pid(&self) -> u32 {
        *self.pool.worker_pids().first().expect("a pool that runs has a worker")
    }

    fn share(&self, numbers: &SharedSlice<u64>, tasks: u64) -> u64 {
        let look = |numbers: SharedSlice<u64>| ends(&numbers);
        let futures: Vec<_> = (0..tasks).map(|_| self.pool.submit(look, numbers.clone())).collect();
        sum(futures.into_iter().map(take))
    }

    fn copy(&self, numbers: &[u64], tasks: u64) -> u64 {
        let look = |numbers: Vec<u64>| ends(&numbers);
        sum((0..tasks).map(|_| take(self.pool.submit(look, numbers.to_vec()))))
    }

    fn answer(&self) -> u32 {
        loop {
            match self.pool.submit(|()| std::process::id(), ()).result() {
                Ok(pid) => return pid,
                Err(error) if error.kind() == TaskErrorKind::WorkerDied => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn ends(numbers: &[u64]) -> u64 {
    numbers.first().zip(numbers.last()).map_or(0, |(first, last)| first + last)
}

fn take<T>(future: Future<T>) -> T {
    future.result().expect("the tasks of a benchmark do not fail")
}

//! Pools, and what is asked of all of them.

use std::time::Duration;

use concurrent_futures::{
    Future, ProcessPoolBuilder, ProcessPoolExecutor, StartMethod, TaskError, TaskErrorKind,
    WorkerExit, WorkerOutput,
};

use crate::gate::{Gate, Guest, knock, note};
use crate::watchdog::scaled;

pub(crate) const METHODS: [StartMethod; 2] = [StartMethod::Spawn, StartMethod::ForkServer];
/// A task's timeout that will pass.
pub(crate) const SOON: Duration = Duration::from_millis(50);
/// What is due soon must not take half the time after which a pool looks by itself.
pub(crate) fn late() -> Duration {
    scaled(Duration::from_secs(4))
}

/// A pool whose workers complain to nobody.
pub(crate) fn quiet(max_workers: usize) -> ProcessPoolBuilder {
    ProcessPoolExecutor::builder().max_workers(max_workers).stderr(WorkerOutput::Null)
}

pub(crate) fn pool(method: StartMethod, max_workers: usize) -> ProcessPoolExecutor {
    quiet(max_workers).start_method(method).build().unwrap()
}

/// The pool takes work, and gives the right answers.
pub(crate) fn assert_usable(pool: &ProcessPoolExecutor) {
    let futures: Vec<Future<u64>> = (0..20).map(|n| pool.submit(|n: u64| n * n, n)).collect();
    for (n, future) in (0..).zip(futures) {
        assert_eq!(future.result().unwrap(), n * n);
    }
}

/// A task in a gate.
pub(crate) fn stand((key, number): (String, u64)) -> u64 {
    knock(&key, number);
    number
}

/// A task that leaves its number in a log.
pub(crate) fn log((key, number): (String, u64)) -> u64 {
    note(&key, number);
    number
}

/// A task that runs, and in which worker.
pub(crate) fn hold(pool: &ProcessPoolExecutor, gate: &Gate, number: u64) -> (Future<u64>, Guest) {
    let future = pool.submit(stand, (gate.key(), number));
    let guest = gate.guest();
    assert_eq!(guest.number, number);
    assert!(future.running());
    (future, guest)
}

pub(crate) fn error<T>(future: Future<T>) -> TaskError {
    match future.result() {
        Ok(_) => panic!("the task succeeded"),
        Err(error) => error,
    }
}

/// How the worker of a task ended.
pub(crate) fn death(error: &TaskError) -> WorkerExit {
    assert_eq!(error.kind(), TaskErrorKind::WorkerDied, "{error}");
    let exit = error.worker_exit().expect("an end of a worker is described");
    let pid = exit.pid().to_string();
    assert!(error.to_string().contains(&pid), "{error} does not name process {pid}");
    exit.clone()
}

/// The worker was ended by a signal.
pub(crate) fn assert_signalled(error: &TaskError, pid: u32, signal: i32) {
    let exit = death(error);
    assert_eq!((exit.pid(), exit.code(), exit.signal()), (pid, None, Some(signal)), "{error}");
}

//! The pools that are compared, each in its own file and written as its own documents recommend.
//!
//! `pool` is what they have in common. Of the threads, `kinds` lists them; of the processes, each
//! workload names those it is about. `lock` has the locks. `child` is this program where it runs as a bare process.

mod pool;
mod burst;
mod affinitypool;
mod futures_pool;
mod ours;
mod rayon;
mod rusty_pool;
mod std_threads;
mod threadpool;
mod tokio_blocking;
mod tokio_spawn;
mod kinds;
mod child;
mod cores;
mod cache_line;
mod exec;
mod kill;
mod our_processes;
mod procspawn;
mod python;
mod raw_pipe;
mod lock;

pub(crate) use burst::burst;
pub(crate) use cache_line::CacheLine;
pub(crate) use exec::exec_and_exit;
pub(crate) use kill::kill;
pub(crate) use kinds::{FEWER, every_pool};
pub(crate) use lock::{
    AsyncLockSemaphore, NoLock, OurBarrier, OurEvent, OurLock, OurMutex, OurProcessLock,
    OurSemaphore, ParkingLotMutex, Primitive, StdBarrier, StdMutex, TokioSemaphore,
};
pub(crate) use our_processes::start as our_processes;
pub(crate) use ours::start as our_threads;
pub(crate) use pool::{OurProcesses, Peer, ProcessPool, StartMethod};
pub(crate) use procspawn::{WINDOW as PROCSPAWN_WINDOW, start as procspawn};
pub(crate) use python::{Python, Script};
pub(crate) use raw_pipe::RawPipe;

/// In a process that this program started for one of the pools, does what it was started for and
/// ends; anywhere else, comes back at once.
///
/// A bare child goes first and procspawn's workers second: neither waits for the other's checks,
/// and ours only has to find that two variables are not set.
pub(crate) fn divert() {
    child::divert();
    procspawn::init();
    our_processes::init();
}

//! The pools that are compared, each in its own file and written as its own documents recommend.
//!
//! `pool` is what they have in common. Of the threads, `kinds` lists them; of the processes, each
//! workload names those it is about. `child` is this program where it runs as a bare process.

mod pool;
mod affinitypool;
mod ours;
mod rayon;
mod rusty_pool;
mod threadpool;
mod tokio_blocking;
mod tokio_spawn;
mod kinds;
mod child;
mod exec;
mod kill;
mod our_processes;
mod procspawn;
mod python;
mod raw_pipe;

pub(crate) use exec::exec_and_exit;
pub(crate) use kill::kill;
pub(crate) use kinds::every_pool;
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

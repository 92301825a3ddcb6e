//! Futures, ordered map and the thread pool of `concurrent-futures`.
//!
//! A call walks through the rooms in the order in which they stand below, and a room imports only
//! rooms above it: *submit → queue → worker → task → promise → future → result*.
//!
//! The facade package `concurrent-futures` re-exports everything here at its root.

#![cfg_attr(
    any(loom, shuttle),
    allow(
        dead_code,
        unused_imports,
        reason = "a model is of the words, not of all that is above them"
    )
)]
#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "worker processes are made on Linux only so far")
)]

mod primitives;
mod error;
mod fork;
#[expect(unsafe_code, reason = "a forked process needs a lock that nobody holds; rule G1")]
mod global_lock;
mod panic;
mod future;
mod map;
mod executor;
mod sequential;
mod commons;
#[cfg(not(any(loom, shuttle)))]
mod process;
mod queue;
#[cfg(not(any(loom, shuttle)))]
mod registry;
mod thread_pool;
#[cfg(not(any(loom, shuttle)))]
mod process_pool;
#[cfg(not(any(loom, shuttle)))]
pub mod threading;
#[cfg(all(target_os = "linux", not(any(loom, shuttle))))]
pub mod multiprocessing;

pub use error::{
    BuildError, PanicInfo, StillRunning, TaskError, TaskErrorKind, ThreadError, TimedOut,
    TimeoutError, TrySpawnError, TrySubmitError, WorkerExit,
};
pub use executor::{Executor, Payload, PoolStats, Shutdown};
pub use future::{
    AsCompleted, AsCompletedStream, Future, FutureState, Promise, ReturnWhen, SharedFuture,
    Waitable, Waited, as_completed, promise, wait, wait_timeout,
};
pub use map::{Map, MapStream};
#[cfg(not(any(loom, shuttle)))]
#[doc(hidden)]
pub use process::init_before_main as __init_before_main;
#[cfg(not(any(loom, shuttle)))]
pub use process::{init, worker_id};
#[cfg(not(any(loom, shuttle)))]
pub use process_pool::{
    ProcessPoolBuilder, ProcessPoolExecutor, StartMethod, TaskOptions, WorkerOutput,
};
pub use sequential::SequentialExecutor;
#[cfg(not(loom))]
pub use thread_pool::{
    Scope, ScopedFuture, ThreadPoolBuilder, ThreadPoolExecutor, ThreadPoolHandle, blocking,
};

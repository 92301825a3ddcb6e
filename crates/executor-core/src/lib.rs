//! Futures, ordered map and the thread pool of `concurrent-futures`.
//!
//! A call walks through the rooms in the order in which they stand below, and a room imports only
//! rooms above it: *submit → queue → worker → task → promise → future → result*.
//!
//! The facade package `concurrent-futures` re-exports everything here at its root.

#![cfg_attr(
    loom,
    allow(dead_code, unused_imports, reason = "loom models the words, not the pools above them")
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
mod queue;
mod thread_pool;

pub use error::{
    BuildError, PanicInfo, StillRunning, TaskError, TaskErrorKind, TimedOut, TimeoutError,
    TrySpawnError, WorkerExit,
};
pub use executor::{Executor, Payload, PoolStats, Shutdown};
pub use future::{
    AsCompleted, AsCompletedStream, Future, FutureState, Promise, ReturnWhen, SharedFuture,
    Waitable, Waited, as_completed, promise, wait, wait_timeout,
};
pub use map::{Map, MapStream};
pub use sequential::SequentialExecutor;
#[cfg(not(loom))]
pub use thread_pool::{
    Scope, ScopedFuture, ThreadPoolBuilder, ThreadPoolExecutor, ThreadPoolHandle, blocking,
};

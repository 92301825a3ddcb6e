//! The executor over worker processes.
//!
//! A call becomes a `job` in the `ledger`, which knows all that the pool knows; its arguments are
//! `stored` until they are sent. A `lane` is the program's side of one worker: what is in flight to
//! it lies within its `window`, what is on the way in its `outbox`, what it prints in a `tail`. The
//! `manager` is the thread that waits with the `poller`, does its `rounds`, orders workers
//! (`starts`, `crew`), gives them their tasks (`deal`), sees to what the dead have left (`deaths`),
//! and tells each job's `sink`.

mod options;
mod config;
#[cfg(target_os = "linux")]
mod stored;
#[cfg(target_os = "linux")]
mod sink;
#[cfg(target_os = "linux")]
mod job;
#[cfg(target_os = "linux")]
mod outbox;
#[cfg(target_os = "linux")]
mod tail;
#[cfg(target_os = "linux")]
mod window;
#[cfg(target_os = "linux")]
mod flight;
#[cfg(target_os = "linux")]
mod lane;
#[cfg(target_os = "linux")]
mod crew;
#[cfg(target_os = "linux")]
mod ledger;
#[cfg(target_os = "linux")]
mod deal;
#[cfg(target_os = "linux")]
mod deaths;
#[cfg(target_os = "linux")]
mod rounds;
#[cfg(target_os = "linux")]
mod poller;
#[cfg(target_os = "linux")]
mod greeting;
#[cfg(target_os = "linux")]
mod seat;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a pool is the home of its tasks; rule H1")]
mod shared;
#[cfg(target_os = "linux")]
mod starts;
#[cfg(target_os = "linux")]
mod manager;
#[cfg(target_os = "linux")]
mod executor;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
mod contract;
mod builder;

pub use builder::ProcessPoolBuilder;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::ProcessPoolExecutor;
#[cfg(target_os = "linux")]
pub use executor::ProcessPoolExecutor;
pub use options::{StartMethod, TaskOptions, WorkerOutput};

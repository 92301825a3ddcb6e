//! The comparison with peers, in passes: each is a process of its own that measures one workload.
//!
//! Where a program's memory happens to lie can make a contender faster or slower for as long as it
//! runs, and a slow spell of the machine can be as long as a workload. So a workload is measured
//! in several processes, far apart in time, and a row has the figures of all of them.

mod merge;
mod process;
mod run;

pub(crate) use process::{NAME, printed};
pub(crate) use run::run;

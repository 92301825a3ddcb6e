//! `procspawn`'s `Pool`: `spawn`, then `join`.

use std::collections::VecDeque;
use std::ops::Range;

use procspawn::{JoinHandle, Pool};
use serde_bytes::ByteBuf;

use crate::cost::Task;

use super::pool::{Peer, ProcessPool, held_by, same, sum};

/// Handles that may be out at a time.
///
/// Each task that waits holds three descriptors, and a result blocks its worker until its handle
/// is joined: without a bound the pool runs out of descriptors, and joined in another order than
/// that of submission it hangs.
pub(crate) const WINDOW: usize = 100;

/// In a worker, runs it; anywhere else, comes back at once.
pub(super) fn init() {
    procspawn::init();
}

/// Starts a pool.
///
/// # Errors
///
/// Why there is none, in words.
pub(crate) fn start(workers: usize) -> Result<Box<dyn ProcessPool>, String> {
    let pool = Pool::new(workers).map_err(|error| error.to_string())?;
    Ok(Box::new(Procspawn(pool)))
}

struct Procspawn(Pool);

impl Peer for Procspawn {
    fn run_all(&self, arguments: Range<u64>, task: Task) -> u64 {
        let mut out = VecDeque::with_capacity(WINDOW);
        let mut total = 0_u64;
        for n in arguments {
            if out.len() == WINDOW {
                total = total.wrapping_add(out.pop_front().map_or(0, take));
            }
            out.push_back(self.0.spawn(n, task));
        }
        total.wrapping_add(sum(out.into_iter().map(take)))
    }

    fn one_by_one(&self, arguments: &mut dyn Iterator<Item = u64>, task: Task) -> u64 {
        sum(arguments.map(|n| take(self.0.spawn(n, task))))
    }
}

impl ProcessPool for Procspawn {
    fn echo(&self, bytes: Vec<u8>) -> Vec<u8> {
        // Without `ByteBuf` its serialisation goes byte by byte, six times slower.
        take(self.0.spawn(ByteBuf::from(bytes), same)).into_vec()
    }

    fn run_behind(&self, gate: &str, arguments: Range<u64>, queued: &mut dyn FnMut()) -> u64 {
        let hold = |_| self.0.spawn(gate.to_owned(), held_by);
        let mut handles: Vec<_> = (0..self.0.size()).map(hold).collect();
        handles.extend(arguments.map(|n| self.0.spawn(n, same)));
        queued();
        sum(handles.into_iter().map(take))
    }
}

fn take<T: serde::Serialize + serde::de::DeserializeOwned>(handle: JoinHandle<T>) -> T {
    handle.join().expect("the tasks of a benchmark do not fail")
}

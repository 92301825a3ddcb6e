use crate::choice::{Named, choose, exactly};
use crate::plan::Plan;
use crate::row::Row;

use super::{
    allocations, as_completed, burst, grain, idle, lock, map, memory, nested, process, round_trip,
    scope_map, shutdown, skewed_map,
};

/// A workload that can be chosen by name.
pub(crate) struct Workload {
    name: &'static str,
    about: &'static str,
    /// The table that its rows belong to.
    pub(crate) group: &'static str,
    /// Measures it; some give more than one row.
    pub(crate) run: fn(&Plan) -> Vec<Row>,
    /// Whether one pass is enough, as it waits long and nothing varies.
    pub(crate) once: bool,
}

impl Named for Workload {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }
}

type Run = fn(&Plan) -> Vec<Row>;

const fn threads(name: &'static str, about: &'static str, run: Run) -> Workload {
    Workload { name, about, group: "Threads", run, once: false }
}

const fn processes(name: &'static str, about: &'static str, run: Run) -> Workload {
    Workload { name, about, group: "Processes", run, once: false }
}

const fn locks(name: &'static str, about: &'static str, run: Run) -> Workload {
    Workload { name, about, group: "Locks", run, once: false }
}

/// In the order of the tables.
static ALL: [Workload; 32] = [
    threads("burst", "many empty tasks, then every result", burst::of_one),
    threads("burst_4", "the same from four producers", burst::of_four),
    threads("round_trip", "one empty task at a time", round_trip::hot),
    threads("round_trip_rested", "the same after a rest", round_trip::rested),
    threads("map", "cheap items of an iterator", map::run),
    threads("scope_map", "cheap items of a borrowed slice", scope_map::run),
    threads("skewed_map", "items whose costs differ 5,000 times", skewed_map::run),
    threads("grain_1us", "tasks of 1 us", grain::one_us),
    threads("grain_10us", "tasks of 10 us", grain::ten_us),
    threads("grain_1ms", "tasks of 1 ms", grain::one_ms),
    threads("nested", "tasks that wait for tasks, on one worker", nested::run),
    threads("as_completed", "futures in the order of their completion", as_completed::run),
    threads("allocations", "calls of the allocator for a task", allocations::run),
    threads("memory", "bytes that a queued task holds", memory::run),
    threads("shutdown", "a shutdown that cancels a long queue", shutdown::run),
    Workload { once: true, ..threads("idle", "what a pool without work uses", idle::run) },
    processes("process_round_trip", "one empty task at a time", process::round_trip::run),
    processes("process_burst", "many empty tasks, then every result", process::burst::run),
    processes("process_map", "cheap items of an iterator", process::map::run),
    processes("process_echo", "1 MiB there and back", process::echo::of_1_mib),
    processes("process_echo_64", "64 MiB there and back", process::echo::of_64_mib),
    processes("process_shared", "64 MiB that tasks share", process::shared_slice::run),
    processes("process_start", "a new pool to its first result", process::start::run),
    processes("process_replacement", "a killed worker's successor", process::replacement::run),
    processes("process_grain", "tasks of 1 ms and 10 ms", process::grain::run),
    processes("process_descriptors", "what a queued task holds", process::descriptors::run),
    locks("lock", "Lock, alone and contended", lock::exclusive::lock),
    locks("mutex", "Mutex, alone and contended", lock::exclusive::mutex),
    locks("process_lock", "process::Lock against Lock, alone", lock::process_lock::run),
    locks("semaphore", "Semaphore, alone and crowded", lock::semaphore::run),
    locks("event", "Event, waiting for what has happened", lock::event::run),
    locks("barrier", "Barrier, two threads that meet", lock::barrier::run),
];

/// All workloads.
pub(crate) fn all() -> &'static [Workload] {
    &ALL
}

/// The workloads whose name contains `filter`; all of them without one.
///
/// # Errors
///
/// No name contains it: the message lists the names there are.
pub(crate) fn matching(filter: Option<&str>) -> Result<Vec<&'static Workload>, String> {
    choose(&ALL, "workload", filter)
}

/// The workload that has this name.
///
/// # Errors
///
/// There is none: the message lists the names there are.
pub(crate) fn named(name: &str) -> Result<&'static Workload, String> {
    exactly(&ALL, "workload", name)
}

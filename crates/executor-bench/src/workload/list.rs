use crate::plan::Plan;
use crate::report::Row;

use super::{
    allocations, as_completed, burst, grain, idle, map, memory, nested, process, round_trip,
    scope_map, shutdown, skewed_map,
};

/// A workload that can be chosen by name.
pub(crate) struct Workload {
    name: &'static str,
    /// Measures it; some give more than one row.
    pub(crate) run: fn(&Plan) -> Vec<Row>,
}

/// In the order of the table.
const ALL: [Workload; 20] = [
    Workload { name: "burst", run: burst::run },
    Workload { name: "round_trip", run: round_trip::run },
    Workload { name: "map", run: map::run },
    Workload { name: "scope_map", run: scope_map::run },
    Workload { name: "skewed_map", run: skewed_map::run },
    Workload { name: "grain", run: grain::run },
    Workload { name: "nested", run: nested::run },
    Workload { name: "as_completed", run: as_completed::run },
    Workload { name: "allocations", run: allocations::run },
    Workload { name: "memory", run: memory::run },
    Workload { name: "shutdown", run: shutdown::run },
    Workload { name: "idle", run: idle::run },
    Workload { name: "process_round_trip", run: process::round_trip::run },
    Workload { name: "process_burst", run: process::burst::run },
    Workload { name: "process_map", run: process::map::run },
    Workload { name: "process_echo", run: process::echo::run },
    Workload { name: "process_start", run: process::start::run },
    Workload { name: "process_replacement", run: process::replacement::run },
    Workload { name: "process_grain", run: process::grain::run },
    Workload { name: "process_descriptors", run: process::descriptors::run },
];

/// The workloads whose name contains `filter`; all of them without one.
///
/// # Errors
///
/// No name contains it: the message lists the names there are.
pub(crate) fn matching(filter: Option<&str>) -> Result<Vec<&'static Workload>, String> {
    let wanted = filter.unwrap_or_default();
    let found: Vec<_> = ALL.iter().filter(|workload| workload.name.contains(wanted)).collect();
    if found.is_empty() {
        let names: Vec<_> = ALL.iter().map(|workload| workload.name).collect();
        return Err(format!("no workload is called {wanted:?}; choose of {}", names.join(", ")));
    }
    Ok(found)
}

//! A pool without work: it should cost nothing at all.

use crate::measure::{Entry, Role};
use crate::plan::Plan;
use crate::row::{Bar, Row};

#[cfg(not(target_os = "linux"))]
pub(super) fn run(_: &Plan) -> Vec<Row> {
    eprintln!("idle: not measured, as only Linux tells what a thread used");
    Vec::new()
}

/// Two rows of one measurement: how often the workers ran, and for how long.
#[cfg(target_os = "linux")]
pub(super) fn run(plan: &Plan) -> Vec<Row> {
    let seconds = plan.amount(60).max(10);
    let used = linux::used_while_idle(plan.workers, std::time::Duration::from_secs(seconds));
    let row = |what: &str, unit: &str, figure| Row {
        workload: format!("idle for {seconds} s: {what}"),
        unit: unit.to_owned(),
        entries: vec![Entry::new("ours", Role::Ours, vec![figure])],
        bars: vec![Bar::AtMost(0.0, 0)],
        note: None,
    };
    vec![
        row("context switches", "switches of all workers", used.switches),
        row("CPU time", "us of all workers", used.cpu_us),
    ]
}

#[cfg(target_os = "linux")]
mod linux {
    //! What `/proc` says about the workers.

    use std::fs;
    use std::path::{Path, PathBuf};
    use std::thread;
    use std::time::Duration;

    use concurrent_futures::ThreadPoolExecutor;

    /// Names the workers, so that they can be told from the other threads of this process.
    const PREFIX: &str = "idle-bench";

    /// What threads used.
    pub(super) struct Used {
        pub(super) switches: f64,
        pub(super) cpu_us: f64,
    }

    /// Runs a burst, lets the workers go to sleep, and reads their counters `idle` apart.
    pub(super) fn used_while_idle(workers: usize, idle: Duration) -> Used {
        let builder = ThreadPoolExecutor::builder().max_workers(workers).thread_name_prefix(PREFIX);
        let pool = builder.build().expect("a pool with at least one worker");
        let futures: Vec<_> = (0..100_000_u64).map(|n| pool.spawn(move || n)).collect();
        assert!(futures.into_iter().all(|future| future.result().is_ok()), "a task failed");
        thread::sleep(Duration::from_millis(500));
        let threads = worker_threads();
        assert!(!threads.is_empty(), "no thread is called {PREFIX}_N");
        let before = used_so_far(&threads);
        thread::sleep(idle);
        let after = used_so_far(&threads);
        Used { switches: after.switches - before.switches, cpu_us: after.cpu_us - before.cpu_us }
    }

    fn worker_threads() -> Vec<PathBuf> {
        let threads = fs::read_dir("/proc/self/task").expect("/proc is mounted").flatten();
        let named = |path: &PathBuf| {
            fs::read_to_string(path.join("comm")).is_ok_and(|name| name.starts_with(PREFIX))
        };
        threads.map(|thread| thread.path()).filter(named).collect()
    }

    fn used_so_far(threads: &[PathBuf]) -> Used {
        Used {
            switches: threads.iter().map(|path| switches(path)).sum(),
            cpu_us: threads.iter().map(|path| cpu_us(path)).sum(),
        }
    }

    fn switches(thread: &Path) -> f64 {
        let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
        let counters = status.lines().filter_map(|line| line.split_once("ctxt_switches:"));
        counters.filter_map(|(_, count)| count.trim().parse::<f64>().ok()).sum()
    }

    /// The first number of `schedstat`: nanoseconds spent on a core.
    fn cpu_us(thread: &Path) -> f64 {
        let text = fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
        let nanos = text.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok());
        nanos.expect("schedstat tells the time on a core") / 1_000.0
    }
}

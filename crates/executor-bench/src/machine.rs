//! Where the figures come from: without it they mean nothing.

use std::fs;
use std::thread::available_parallelism;

use crate::plan::Plan;

/// The peers as Cargo names them.
const PEERS: [&str; 7] =
    ["threadpool", "oneshot", "rayon", "tokio", "affinitypool", "rusty_pool", "procspawn"];

/// Cores, system, compiler, versions and method, a line each.
pub(crate) fn describe(plan: &Plan) -> String {
    let cores = available_parallelism().map_or(0, usize::from);
    let lock = include_str!("../../../Cargo.lock");
    let peers = PEERS.map(|peer| format!("{peer} {}", version_in(lock, peer)));
    format!(
        "machine: {cores} cores ({}), {} {}, load {}\n\
         built:   {}, concurrent-futures {}\n\
         peers:   {}\n\
         method:  {} workers, {} rounds in turn after a warm-up, median (min .. max){}",
        cpu_model(),
        std::env::consts::OS,
        first_line("/proc/sys/kernel/osrelease"),
        load(),
        env!("EXECUTOR_BENCH_RUSTC"),
        env!("CARGO_PKG_VERSION"),
        peers.join(", "),
        plan.workers,
        Plan::ROUNDS,
        if plan.quick { "; quick: a tenth of the work" } else { "" },
    )
}

/// The locked version of `package`; of several, the first that Cargo lists.
fn version_in<'a>(lock: &'a str, package: &str) -> &'a str {
    let head = format!("name = \"{package}\"\nversion = \"");
    let found = lock.split_once(&head).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or("(version unknown)", |(version, _)| version)
}

fn cpu_model() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(": ")).map(|(_, name)| name.trim());
    name.unwrap_or(std::env::consts::ARCH).to_owned()
}

/// The load of the last minute: figures from a busy machine are worth less.
fn load() -> String {
    first_line("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned()
}

fn first_line(path: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().next().unwrap_or("(unknown)").trim().to_owned()
}

//! Where the figures come from: without it they mean nothing.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use serde::{Deserialize, Serialize};

/// The peers as Cargo names them.
const PEERS: [&str; 10] = [
    "threadpool",
    "oneshot",
    "rayon",
    "tokio",
    "affinitypool",
    "rusty_pool",
    "futures",
    "procspawn",
    "parking_lot",
    "async-lock",
];

/// The machine, what ran on it, and how it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// How many threads run at a time.
    pub(crate) cores: usize,
    /// The model of the processor.
    pub(crate) cpu: String,
    /// The system with its kernel.
    pub(crate) system: String,
    /// The load of the last minute when the run began: a busy machine's figures are worth less.
    pub(crate) load: String,
    /// The compiler.
    pub(crate) compiler: String,
    /// This library's version.
    pub(crate) version: String,
    /// Whose figures stand beside ours, each with its version.
    pub(crate) others: Vec<String>,
    /// How it was measured.
    pub(crate) method: String,
}

impl Machine {
    /// This machine, now; with the versions of `libraries`, as Cargo names them.
    pub(crate) fn here(libraries: &[&str], method: String) -> Self {
        let lock = include_str!("../../../Cargo.lock");
        let version = |library: &&str| format!("{library} {}", version_in(lock, library));
        let kernel = first_line("/proc/sys/kernel/osrelease");
        let load = first_line("/proc/loadavg");
        Self {
            cores: cores(),
            cpu: cpu_model(),
            system: format!("{} {kernel}", std::env::consts::OS),
            load: load.split(' ').next().unwrap_or_default().to_owned(),
            compiler: env!("EXECUTOR_BENCH_RUSTC").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            others: libraries.iter().map(version).collect(),
            method,
        }
    }

    /// The same with the versions of all peers, those that `python` runs included.
    pub(crate) fn with_peers(python: &str, method: String) -> Self {
        let mut here = Self::here(&PEERS, method);
        here.others.extend(python_versions(python));
        here
    }

    /// Everything, a line each.
    pub(crate) fn describe(&self) -> String {
        let Self { cores, cpu, system, load, compiler, version, others, method } = self;
        format!(
            "machine: {cores} cores ({cpu}), {system}, load {load}\n\
             built:   {compiler}, concurrent-futures {version}\n\
             beside:  {}\n\
             method:  {method}",
            others.join(", "),
        )
    }

    /// The machine and the compiler, for the head of a table.
    pub(crate) fn brief(&self) -> String {
        let Self { cores, cpu, system, load, compiler, .. } = self;
        // Which commit of the compiler that was is said in full only where there is room.
        let compiler = compiler.split(" (").next().unwrap_or(compiler);
        format!("{cores} cores ({cpu}), {system}, load {load}; {compiler}")
    }
}

/// How many threads run at a time.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// The memory that can still be had, in bytes, where the system tells.
pub(crate) fn available_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// The locked version of `package`; of several, the last that Cargo lists, which is the newest.
fn version_in<'a>(lock: &'a str, package: &str) -> &'a str {
    let head = format!("name = \"{package}\"\nversion = \"");
    let found = lock.rsplit_once(&head).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or("(version unknown)", |(version, _)| version)
}

/// Prints the interpreter and the libraries that run in it, a line each.
const VERSIONS: &str = "
import platform
from importlib.metadata import PackageNotFoundError, version
print('CPython' if platform.python_implementation() == 'CPython' else 'Python', platform.python_version())
for library in 'loky', 'pebble':
    try:
        print(library, version(library))
    except PackageNotFoundError:
        print(library, 'absent')
";

/// What the interpreter says of itself and its libraries, or that there is none.
fn python_versions(program: &str) -> Vec<String> {
    let output = Command::new(program).args(["-c", VERSIONS]).output().ok();
    let output = output.filter(|output| output.status.success());
    let lines = output.and_then(|output| String::from_utf8(output.stdout).ok());
    match lines {
        Some(lines) => lines.lines().map(str::to_owned).collect(),
        None => vec![format!("{program} absent")],
    }
}

fn cpu_model() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(": ")).map(|(_, name)| name.trim());
    name.unwrap_or(std::env::consts::ARCH).to_owned()
}

fn first_line(path: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().next().unwrap_or("(unknown)").trim().to_owned()
}

#[cfg(test)]
pub(crate) mod tests;

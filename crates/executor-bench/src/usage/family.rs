//! This process and all that descend from it, as `/proc` shows them.

use std::fs;
use std::path::PathBuf;

/// A process below this one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relative {
    pub(super) pid: u32,
    parent: u32,
    /// Its own CPU time and that of its children that have ended.
    pub(super) cpu_seconds: f64,
}

/// All processes that descend from this one.
pub(super) fn descendants() -> Vec<Relative> {
    let mut others = everybody();
    let mut family = Vec::new();
    let mut parents = vec![std::process::id()];
    while !parents.is_empty() {
        let (found, rest): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|process| parents.contains(&process.parent));
        parents = found.iter().map(|process| process.pid).collect();
        family.extend(found);
        others = rest;
    }
    family
}

fn everybody() -> Vec<Relative> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    pids.filter_map(|pid| {
        let stat = fs::read_to_string(of(pid, "stat")).ok()?;
        relative(pid, &stat, ticks)
    })
    .collect()
}

/// Reads a line of `/proc/PID/stat`. The name, in brackets, may hold anything.
fn relative(pid: u32, stat: &str, ticks: f64) -> Option<Relative> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let cpu: f64 = fields.get(11..15)?.iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    Some(Relative { pid, parent: fields.get(1)?.parse().ok()?, cpu_seconds: cpu / ticks })
}

/// How often the threads of a process that live now were switched.
pub(super) fn switches(pid: u32) -> u64 {
    let threads = fs::read_dir(of(pid, "task")).into_iter().flatten().flatten();
    threads.map(|thread| sum_of(thread.path().join("status"), "ctxt_switches:")).sum()
}

/// The memory that a process holds now, in bytes.
pub(super) fn resident(pid: u32) -> u64 {
    sum_of(of(pid, "status"), "VmRSS:") * 1024
}

/// The most that it has held since [`forget_peak`], in bytes.
pub(super) fn peak(pid: u32) -> u64 {
    sum_of(of(pid, "status"), "VmHWM:") * 1024
}

/// Has the kernel count the peak from here on; says whether it does.
pub(super) fn forget_peak(pid: u32) -> bool {
    fs::write(of(pid, "clear_refs"), "5").is_ok()
}

fn of(pid: u32, file: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{file}"))
}

/// The sum of the numbers on the lines that have `key`; a process that is gone has none.
fn sum_of(path: PathBuf, key: &str) -> u64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(key));
    let first = |text: &str| text.split_whitespace().next()?.parse::<u64>().ok();
    lines.filter_map(|(_, rest)| first(rest)).sum()
}

#[cfg(test)]
mod tests;

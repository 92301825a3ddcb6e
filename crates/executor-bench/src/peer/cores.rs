//! Who runs where.

#[cfg(target_os = "linux")]
pub(super) use linux::{give, take, two};

#[cfg(target_os = "linux")]
mod linux {
    use std::process::Child;

    use rustix::process::Pid;
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// Two threads can each have a core of their own.
    pub(in super::super) fn two() -> Result<(), String> {
        nth(1).map(drop)
    }

    /// Holds the child to the second of the cores that this process may use.
    pub(in super::super) fn give(child: &Child) -> Result<(), String> {
        hold(Some(Pid::from_child(child)), nth(1)?)
    }

    /// Holds this thread to the core of this number, from zero, among those that it may use.
    pub(in super::super) fn take(n: usize) -> Result<(), String> {
        hold(None, nth(n)?)
    }

    fn nth(n: usize) -> Result<usize, String> {
        let allowed = sched_getaffinity(None).map_err(|error| error.to_string())?;
        let core = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).nth(n);
        core.ok_or_else(|| format!("this process may use {n} cores only"))
    }

    fn hold(process: Option<Pid>, core: usize) -> Result<(), String> {
        let mut only = CpuSet::new();
        only.set(core);
        sched_setaffinity(process, &only).map_err(|error| error.to_string())
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn two() -> Result<(), String> {
    Err("only Linux lets a thread choose its core".to_owned())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn give(_: &std::process::Child) -> Result<(), String> {
    two()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn take(_: usize) -> Result<(), String> {
    two()
}

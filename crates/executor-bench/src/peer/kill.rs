use std::io;

/// Kills a process, at once and without asking it.
///
/// # Errors
///
/// There is no such process, or it is not ours to kill.
#[cfg(unix)]
pub(crate) fn kill(process: u32) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};

    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    let process = process.ok_or(io::ErrorKind::InvalidInput)?;
    Ok(kill_process(process, Signal::KILL)?)
}

/// Kills a process, where that can be done.
#[cfg(not(unix))]
pub(crate) fn kill(_: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

//! This program as a child that is no worker: the bare processes that pools are compared with.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::Command;

/// Says in the environment what the child is to do.
const ROLE: &str = "EXECUTOR_BENCH_CHILD";

/// What a child does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    /// Ends at once.
    Exit,
    /// Sends back every message, until there are no more.
    Pong,
}

/// The size of a message to [`Role::Pong`]: about that of a small task.
pub(super) const MESSAGE: usize = 64;

/// A command that starts this program again, as a child with this role.
pub(super) fn command(role: Role) -> Command {
    let program = std::env::current_exe().expect("this program knows where it is");
    let mut command = Command::new(program);
    command.env(ROLE, format!("{role:?}"));
    command
}

/// In a child, plays its role and ends; anywhere else, comes back at once.
pub(super) fn divert() {
    let Some(role) = std::env::var_os(ROLE) else { return };
    if role == "Pong" {
        // The other end is gone when reading or writing fails, and then this end is done.
        let _ = pong();
    }
    std::process::exit(0);
}

fn pong() -> io::Result<()> {
    let mut requests = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut replies = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mut message = [0; MESSAGE];
    loop {
        requests.read_exact(&mut message)?;
        replies.write_all(&message)?;
    }
}

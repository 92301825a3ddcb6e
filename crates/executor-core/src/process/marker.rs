//! What tells a copy of the program that it is a worker: one variable in its environment, and proof
//! that the variable was meant for it.
//!
//! The variable names the descriptor that the parent put at number 3 by device and inode, so one
//! that was inherited by accident (a worker started a program, a shell kept it) is seen to be
//! stray.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// The name of the variable.
pub(crate) const VARIABLE: &str = "CONCURRENT_FUTURES_WORKER";

/// Changes whenever a copy of the program would read something else in the variable.
const VERSION: u32 = 1;

static INITIALISED: AtomicBool = AtomicBool::new(false);
static DEPTH: AtomicU32 = AtomicU32::new(0);

/// Whether copies of this program would find their way: `init` was called.
pub(crate) fn initialised() -> bool {
    INITIALISED.load(Relaxed)
}

/// How many workers stand between the user's program and this process: 0 in the program itself, 1
/// in its workers, 2 in the workers of those.
pub(crate) fn depth() -> u32 {
    DEPTH.load(Relaxed)
}

/// `init` was called, at this depth.
pub(crate) fn initialise(depth: u32) {
    DEPTH.store(depth, Relaxed);
    INITIALISED.store(true, Relaxed);
}

/// What a copy of the program is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Does what the program asks it, until the program lets go.
    Worker,
    ForkServer,
    /// Calls one function, whatever becomes of the program meanwhile.
    Process,
    /// Calls one function, and ends with the program.
    Daemon,
}

/// Which file a descriptor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// The value of the variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    pub(crate) role: Role,
    /// The process that started this one.
    pub(crate) parent: u32,
    pub(crate) depth: u32,
    pub(crate) proof: Proof,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Worker => "worker",
            Self::ForkServer => "fork-server",
            Self::Process => "process",
            Self::Daemon => "daemon",
        })
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, parent, depth, proof: Proof { device, inode } } = self;
        write!(f, "{VERSION}:{role}:{parent}:{depth}:{device}:{inode}")
    }
}

/// The variable says something that this version of the library never wrote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoMarker;

impl FromStr for Marker {
    type Err = NoMarker;

    fn from_str(text: &str) -> Result<Self, NoMarker> {
        let fields: Vec<&str> = text.split(':').collect();
        let [version, role, parent, depth, device, inode] = fields[..] else {
            return Err(NoMarker);
        };
        if number::<u32>(version)? != VERSION {
            return Err(NoMarker);
        }
        let role = match role {
            "worker" => Role::Worker,
            "fork-server" => Role::ForkServer,
            "process" => Role::Process,
            "daemon" => Role::Daemon,
            _ => return Err(NoMarker),
        };
        let proof = Proof { device: number(device)?, inode: number(inode)? };
        Ok(Self { role, parent: number(parent)?, depth: number(depth)?, proof })
    }
}

fn number<N: FromStr>(field: &str) -> Result<N, NoMarker> {
    field.parse().map_err(|_| NoMarker)
}

#[cfg(test)]
mod tests;
